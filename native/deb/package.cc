#include "deb/package.h"

#include "deb/ar.h"
#include "deb/decompress.h"
#include "deb/fail.h"
#include "deb/limited_source.h"
#include "deb/limits.h"

namespace ao::deb {

namespace {

// Runs `read` and puts the name of the ar member before the message of what it throws.
template <typename Read>
auto within(const std::string& member, Read read) {
  try {
    return read();
  } catch (NativeError& e) {
    if (e.code.rfind("ERR_DEB_", 0) == 0) e.message = member + ": " + e.message;
    throw;
  }
}

bool starts_with(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

class PackageReader {
 public:
  PackageReader(int fd, uint64_t size, ObjectStore& store, Watch& watch)
      : file_(fd, watch), ar_(file_), size_(size), store_(store), watch_(watch) {}

  Package read() {
    Package p;
    read_version();
    auto control = next_part("control.tar");
    p.control = within(control.name, [&] { return read_control_part(control); });
    auto data = next_part("data.tar");
    p.payload = within(data.name, [&] { return read_data_part(data, p.control.fields.installed_kib); });
    compare_md5sums(p.control.md5sums, p.payload);
    read_tail();
    p.sha256 = file_.sha256();
    p.size = file_.bytes_read();
    return p;
  }

 private:
  ArMember next_member(const char* wanted) {
    // dpkg lets members whose names start with "_" stand anywhere after the first.
    for (;;) {
      auto member = ar_.next();
      if (!member) throw damaged(std::string("the package has no ") + wanted);
      if (member->name[0] != '_') return *member;
    }
  }

  void read_version() {
    auto member = ar_.next();
    if (!member || member->name != "debian-binary") throw damaged("the first ar member is not debian-binary");
    char version[16] = {};
    size_t n = static_cast<size_t>(std::min<uint64_t>(member->size, sizeof version));
    read_exactly(ar_.content(), version, n);
    std::string text(version, n);
    // Minor versions may add lines; a new major version is another format.
    bool two = starts_with(text, "2.") && text.size() > 2 && text[2] >= '0' && text[2] <= '9';
    if (!two || text.find('\n') == text.npos)
      throw damaged("debian-binary has not version 2.x but \"" + shown(text) + "\"");
  }

  ArMember next_part(const char* wanted) {
    auto member = next_member(wanted);
    if (!starts_with(member.name, wanted))
      throw damaged("the ar member " + member.name + " stands where " + wanted + " belongs");
    return member;
  }

  std::unique_ptr<Source> open(const ArMember& member, const char* stem, bool lzma) {
    auto rest = member.name.substr(std::string(stem).size());
    bool named = rest.empty() || (rest.size() > 1 && rest[0] == '.');
    auto extension = rest.empty() ? rest : rest.substr(1);
    if (named && (lzma || extension != "lzma"))
      if (auto source = decoder_for(extension, ar_.content(), watch_)) return source;
    throw damaged("its compression is not supported");
  }

  ControlArchive read_control_part(const ArMember& member) {
    auto source = open(member, "control.tar", false);
    LimitedSource limited(*source, kControlBytes);
    return read_control_archive(limited, store_);
  }

  Payload read_data_part(const ArMember& member, uint64_t installed_kib) {
    auto source = open(member, "data.tar", true);
    LimitedSource limited(*source, payload_bytes(installed_kib, size_));
    return read_payload(limited, payload_entries(installed_kib), store_);
  }

  void read_tail() {
    while (auto member = ar_.next())
      if (starts_with(member->name, "control.tar") || starts_with(member->name, "data.tar") ||
          member->name == "debian-binary")
        throw damaged("the ar member " + member->name + " stands after data.tar");
  }

  FileSource file_;
  ArReader ar_;
  uint64_t size_;
  ObjectStore& store_;
  Watch& watch_;
};

}  // namespace

Package read_package(int fd, uint64_t size, ObjectStore& store, Watch& watch) {
  return PackageReader(fd, size, store, watch).read();
}

}  // namespace ao::deb
