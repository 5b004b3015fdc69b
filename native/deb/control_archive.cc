#include "deb/control_archive.h"

#include <algorithm>

#include "deb/control_files.h"
#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/path.h"

namespace ao::deb {

namespace {

bool has_member(const ControlArchive& c, const std::string& name) {
  return std::any_of(c.members.begin(), c.members.end(), [&](const auto& m) { return m.name == name; });
}

// What plans and people read of a script. It is run from the commit, byte for byte; this copy is made printable.
std::string script_text(const std::string& name, std::string bytes, std::vector<std::string>& audit) {
  if (bytes.size() > kManifestText) {
    bytes.resize(kManifestText);
    audit.push_back("the text of " + name + " is cut in the manifest");
    while (!bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80)) bytes.pop_back();
  }
  if (valid_utf8(bytes)) return bytes;
  audit.push_back(name + " is not UTF-8");
  for (char& c : bytes)
    if (static_cast<unsigned char>(c) & 0x80) c = '?';
  return bytes;
}

void take_text(ControlArchive& c, const ControlMember& member, std::string bytes) {
  const auto& name = member.name;
  if (name == "control") {
    c.control = std::move(bytes);
  } else if (name == "conffiles") {
    check_conffiles(bytes);
    c.texts[name] = std::move(bytes);
  } else if (name == "triggers") {
    check_triggers(bytes);
    c.texts[name] = std::move(bytes);
  } else if (name == "md5sums") {
    c.md5sums = read_md5sums(bytes);
  } else if (is_maintainer_script(name)) {
    if ((member.mode & 0555) != 0555) throw bad_control(name + " is not executable");
    c.texts[name] = script_text(name, std::move(bytes), c.audit);
  }
}

std::string read_member(TarReader& tar, const ControlMember& member, ObjectStore& store, std::string& checksum) {
  std::string bytes;
  bytes.reserve(static_cast<size_t>(member.size));
  store.begin({member.mode, 0, 0, member.size});
  auto& content = tar.content();
  for (auto piece = content.peek(); !piece.empty(); piece = content.peek()) {
    store.write(piece);
    bytes += piece;
    content.take(piece.size());
  }
  checksum = store.end();
  return bytes;
}

}  // namespace

ControlArchive read_control_archive(Source& source, ObjectStore& store) {
  ControlArchive c;
  TarReader tar(source);
  TarEntry entry;
  while (tar.next(entry)) {
    auto name = clean_name(entry.name);
    if (name.empty() && entry.type == TarType::dir) continue;
    if (entry.type != TarType::file || name.empty())
      throw bad_control("control.tar holds \"" + shown(entry.name) + "\", which is not a regular file");
    if (name.find('/') != name.npos)
      throw bad_control("control.tar holds \"" + shown(entry.name) + "\" in a subfolder");
    check_member_name(name);
    if (has_member(c, name)) throw bad_control("control.tar holds " + name + " twice");
    if (c.members.size() == kControlMembers) throw bad_control("control.tar holds too many files");
    if (entry.size > kControlBytes) throw over_limit(name + " has more than 64 MiB");
    ControlMember member{name, entry.mode, entry.size, {}};
    auto bytes = read_member(tar, member, store, member.checksum);
    take_text(c, member, std::move(bytes));
    c.members.push_back(std::move(member));
  }
  if (!has_member(c, "control")) throw bad_control("control.tar holds no control file");
  c.fields = read_control(c.control);
  if (c.fields.essential) c.audit.push_back("declares itself essential");
  return c;
}

}  // namespace ao::deb
