#include "deb/tar.h"

#include <algorithm>
#include <limits>

#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/tar_header.h"

namespace ao::deb {

namespace {

constexpr uint32_t kBlock = 512;

std::string named(const std::string& name, const std::string& what) { return shown(name) + ": " + what; }

uint32_t owner(std::string_view field, const char* what, const std::string& name) {
  int64_t id = field_number(field, what);
  if (id < 0 || id > std::numeric_limits<int32_t>::max())
    throw damaged(named(name, std::string("the ") + what + " " + std::to_string(id) + " is out of range"));
  return static_cast<uint32_t>(id);
}

TarType entry_type(const TarHeader& h, const std::string& name) {
  switch (h.type) {
    case 0:
    case '0':
      // How tar of Unix V7 writes a directory.
      return !name.empty() && name.back() == '/' ? TarType::dir : TarType::file;
    case '1':
      return TarType::hardlink;
    case '2':
      return TarType::symlink;
    case '5':
      return TarType::dir;
    case '3':
    case '4':
      throw damaged(named(name, "a package cannot ship a device node"));
    case '6':
      throw damaged(named(name, "a package cannot ship a named pipe"));
    case 'x':
    case 'g':
      throw damaged(named(name, "pax headers are not part of the format of .debs"));
    default:
      throw damaged(named(name, "tar entries of type \"" + shown({&h.type, 1}) + "\" are not supported"));
  }
}

}  // namespace

void TarReader::Body::open(uint64_t size) {
  left_ = size;
  padding_ = static_cast<uint32_t>((kBlock - size % kBlock) % kBlock);
}

void TarReader::Body::close() {
  drain(*this);
  if (!skip_exactly(in_, padding_)) throw damaged("the tar archive ends inside of an entry");
  padding_ = 0;
}

std::string_view TarReader::Body::peek() {
  if (left_ == 0) return {};
  auto piece = in_.peek();
  if (piece.empty()) throw damaged("the tar archive ends inside of an entry");
  return piece.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, piece.size())));
}

void TarReader::Body::take(size_t n) {
  in_.take(n);
  left_ -= n;
}

std::string TarReader::long_name(uint64_t size) {
  if (size > kLongName)
    throw damaged("a GNU long name has " + std::to_string(size) + " bytes, more than any path can have");
  std::string name(static_cast<size_t>(size), '\0');
  body_.open(size);
  read_exactly(body_, name.data(), name.size());
  body_.close();
  if (!name.empty() && name.back() == 0) name.pop_back();
  if (name.find('\0') != std::string::npos) throw damaged("a GNU long name holds a NUL byte");
  if (name.empty()) throw damaged("a GNU long name is empty");
  return name;
}

bool TarReader::next(TarEntry& entry) {
  body_.close();
  std::string name, link;
  for (;;) {
    if (in_.peek().empty()) throw damaged("the tar archive has no end mark");
    TarHeader h;
    if (!read_exactly(in_, reinterpret_cast<char*>(&h), sizeof h))
      throw damaged("the tar archive ends inside of a header");
    if (h.all_zero()) {
      if (!name.empty() || !link.empty()) throw damaged("a GNU long name is not followed by its entry");
      drain(in_);
      return false;
    }
    if (!h.intact()) throw damaged("the checksum of a tar header is wrong");
    int64_t size = field_number({h.size, sizeof h.size}, "size");
    if (size < 0) throw damaged("the size in a tar header is negative");
    if (h.type == 'L' || h.type == 'K') {
      auto& into = h.type == 'L' ? name : link;
      if (!into.empty()) throw damaged("two GNU long names stand before one entry");
      into = long_name(static_cast<uint64_t>(size));
      continue;
    }
    entry.name = name.empty() ? h.full_name() : name;
    entry.type = entry_type(h, entry.name);
    entry.link = link.empty() ? field_text(h.link, sizeof h.link) : link;
    entry.mode = static_cast<uint32_t>(field_number({h.mode, sizeof h.mode}, "mode")) & 07777;
    entry.uid = owner({h.uid, sizeof h.uid}, "uid", entry.name);
    entry.gid = owner({h.gid, sizeof h.gid}, "gid", entry.name);
    bool names = h.gnu() || h.posix();
    entry.uname = names ? field_text(h.uname, sizeof h.uname) : "";
    entry.gname = names ? field_text(h.gname, sizeof h.gname) : "";
    entry.size = static_cast<uint64_t>(size);
    entry.mtime = field_number({h.mtime, sizeof h.mtime}, "mtime");
    if (entry.size != 0 && entry.type != TarType::file)
      throw damaged(named(entry.name, "only a regular file can have content"));
    body_.open(entry.size);
    return true;
  }
}

}  // namespace ao::deb
