#include "sandbox/scan.h"

#include <fcntl.h>

#include <algorithm>

#include "common/error.h"

namespace ao {

namespace {

// OSTree holds no other names, and a lossy one would name another file.
bool valid_utf8(const std::string& s) {
  for (size_t i = 0; i < s.size();) {
    auto c = static_cast<unsigned char>(s[i]);
    size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 4;
    if (more == 4 || i + more >= s.size()) return false;
    auto at = [&](size_t k) { return static_cast<unsigned char>(s[i + k]); };
    for (size_t k = 1; k <= more; ++k)
      if ((at(k) & 0xC0) != 0x80) return false;
    if ((c == 0xE0 && at(1) < 0xA0) || (c == 0xED && at(1) > 0x9F) || (c == 0xF0 && at(1) < 0x90) || (c == 0xF4 && at(1) > 0x8F))
      return false;
    i += more + 1;
  }
  return true;
}

class Scanner {
 public:
  explicit Scanner(const CancelToken& cancel) : cancel_(cancel) {}

  void entry(int at, const std::string& name, const std::string& path) {
    ScannedEntry e{path, EntryKind::other, {}, "", false, {}};
    if (!stat_entry(at, name, e.st, path)) return;
    e.kind = kind_of(e.st);
    if (!valid_utf8(name)) throw NativeError("ERR_UNSAFE_PATH", "a file name is not UTF-8").with("path", path);
    if (e.kind == EntryKind::symlink) e.target = link_target(at, name, e.st, path);
    if (e.kind != EntryKind::whiteout) {
      e.xattrs = xattr_names(at, name, path);
      e.xattrs.erase(std::remove_if(e.xattrs.begin(), e.xattrs.end(), is_overlay_xattr), e.xattrs.end());
    }
    bool dir = e.kind == EntryKind::dir;
    if (dir) e.opaque = is_opaque(at, name);
    found.push_back(std::move(e));
    if (dir) children(at, name, path);
  }

  std::vector<ScannedEntry> found;

 private:
  void children(int at, const std::string& name, const std::string& path) {
    cancel_.check();
    UniqueFd dir = open_dir(at, name, path);
    std::string prefix = path == "/" ? path : path + "/";
    for (const auto& child : names_in(dir.get(), path)) entry(dir.get(), child, prefix + child);
  }

  const CancelToken& cancel_;
};

}  // namespace

std::vector<ScannedEntry> scan_layer(const std::string& dir, const CancelToken& cancel) {
  UniqueFd root = open_dir(AT_FDCWD, dir, dir);
  Scanner scanner(cancel);
  scanner.entry(root.get(), ".", "/");
  return std::move(scanner.found);
}

}  // namespace ao
