#include "sandbox/layer_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <memory>

#include "common/error.h"

namespace ao {

namespace {

const char* const kOpaque = "trusted.overlay.opaque";

// The only way to the attributes of a symlink or device below a descriptor.
std::string through_proc(int at, const std::string& name) { return "/proc/self/fd/" + std::to_string(at) + "/" + name; }

}  // namespace

EntryKind kind_of(const struct stat& st) {
  if (S_ISREG(st.st_mode)) return EntryKind::file;
  if (S_ISDIR(st.st_mode)) return EntryKind::dir;
  if (S_ISLNK(st.st_mode)) return EntryKind::symlink;
  if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0)) return EntryKind::whiteout;
  return EntryKind::other;
}

UniqueFd open_dir(int at, const std::string& name, const std::string& shown) {
  UniqueFd fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw errno_error("opening " + shown, errno);
  return fd;
}

std::vector<std::string> names_in(int dir, const std::string& shown) {
  int copy = ::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) throw errno_error("opening " + shown, errno);
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), ::closedir);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  if (errno != 0) throw errno_error("listing " + shown, errno);
  std::sort(names.begin(), names.end());
  return names;
}

bool stat_entry(int at, const std::string& name, struct stat& st, const std::string& shown) {
  if (::fstatat(at, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  throw errno_error("reading " + shown, errno);
}

std::string link_target(int at, const std::string& name, const struct stat& st, const std::string& shown) {
  std::string target(static_cast<size_t>(st.st_size) + 1, '\0');
  ssize_t n = ::readlinkat(at, name.c_str(), target.data(), target.size());
  if (n < 0) throw errno_error("reading the link " + shown, errno);
  target.resize(static_cast<size_t>(n));
  return target;
}

std::vector<std::string> xattr_names(int at, const std::string& name, const std::string& shown) {
  std::string path = through_proc(at, name);
  std::string list;
  for (;;) {
    ssize_t size = ::llistxattr(path.c_str(), nullptr, 0);
    if (size < 0 && errno == ENOTSUP) return {};
    if (size < 0) throw errno_error("listing the attributes of " + shown, errno);
    list.resize(static_cast<size_t>(size));
    if (size == 0) return {};
    size = ::llistxattr(path.c_str(), list.data(), list.size());
    if (size < 0 && errno == ERANGE) continue;
    if (size < 0) throw errno_error("listing the attributes of " + shown, errno);
    list.resize(static_cast<size_t>(size));
    break;
  }
  std::vector<std::string> names;
  for (size_t at_byte = 0; at_byte < list.size(); at_byte = list.find('\0', at_byte) + 1)
    names.emplace_back(list.c_str() + at_byte);
  std::sort(names.begin(), names.end());
  return names;
}

std::string xattr_value(int at, const std::string& name, const std::string& key) {
  std::string path = through_proc(at, name);
  std::string value(65536, '\0');
  ssize_t n = ::lgetxattr(path.c_str(), key.c_str(), value.data(), value.size());
  value.resize(n < 0 ? 0 : static_cast<size_t>(n));
  return value;
}

void set_xattr(int at, const std::string& name, const std::string& key, const std::string& value, const std::string& shown) {
  if (::lsetxattr(through_proc(at, name).c_str(), key.c_str(), value.data(), value.size(), 0) != 0)
    throw errno_error("setting " + key + " of " + shown, errno);
}

void remove_xattr(int at, const std::string& name, const std::string& key, const std::string& shown) {
  if (::lremovexattr(through_proc(at, name).c_str(), key.c_str()) != 0 && errno != ENODATA)
    throw errno_error("removing " + key + " of " + shown, errno);
}

bool is_overlay_xattr(const std::string& key) {
  return key.rfind("trusted.overlay.", 0) == 0 || key.rfind("user.overlay.", 0) == 0;
}

bool is_opaque(int at, const std::string& name) { return xattr_value(at, name, kOpaque) == "y"; }

void set_opaque(int at, const std::string& name, const std::string& shown) { set_xattr(at, name, kOpaque, "y", shown); }

void remove_entry(int at, const std::string& name, const std::string& shown) {
  if (::unlinkat(at, name.c_str(), 0) == 0) return;
  if (errno != EISDIR && errno != EPERM) throw errno_error("deleting " + shown, errno);
  {
    UniqueFd dir = open_dir(at, name, shown);
    for (const auto& child : names_in(dir.get(), shown)) remove_entry(dir.get(), child, shown + "/" + child);
  }
  if (::unlinkat(at, name.c_str(), AT_REMOVEDIR) != 0) throw errno_error("deleting " + shown, errno);
}

}  // namespace ao
