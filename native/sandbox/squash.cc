#include "sandbox/squash.h"

#include <fcntl.h>

#include <cstdio>

#include "common/error.h"
#include "sandbox/layer_dir.h"

namespace ao {

namespace {

// A directory pair that is being merged. `pure`: the lower one hides all layers below it.
struct Pair {
  int upper;
  int lower;
  bool pure;
  std::string path;
};

class Squash {
 public:
  explicit Squash(const CancelToken& cancel) : cancel_(cancel) {}

  void merge(const Pair& dir) {
    cancel_.check();
    for (const auto& name : names_in(dir.upper, dir.path)) entry(dir, name, dir.path + "/" + name);
    metadata(dir);
  }

 private:
  void entry(const Pair& dir, const std::string& name, const std::string& path) {
    struct stat up, low;
    if (!stat_entry(dir.upper, name, up, path)) return;
    bool exists = stat_entry(dir.lower, name, low, path);
    switch (kind_of(up)) {
      case EntryKind::whiteout:
        whiteout(dir, name, path, exists);
        return;
      case EntryKind::dir:
        directory(dir, name, path, exists ? &low : nullptr);
        return;
      default:
        replace(dir, name, path, exists);
    }
  }

  void whiteout(const Pair& dir, const std::string& name, const std::string& path, bool exists) {
    if (exists) remove_entry(dir.lower, name, path);
    if (dir.pure) {
      // overlayfs does not look for whiteouts in a directory that is not merged: it would be listed as a device.
      if (::unlinkat(dir.upper, name.c_str(), 0) != 0) throw errno_error("deleting " + path, errno);
      return;
    }
    rename(dir, name, path);
    // For the same reason: this mark says that there may be whiteouts even if no lower layer has the directory.
    if (!has_origin(dir.lower)) set_xattr(dir.lower, ".", "trusted.overlay.origin", "", dir.path);
  }

  void directory(const Pair& dir, const std::string& name, const std::string& path, const struct stat* low) {
    bool opaque = is_opaque(dir.upper, name);
    if (low != nullptr && S_ISDIR(low->st_mode) && !opaque) {
      UniqueFd upper = open_dir(dir.upper, name, path), lower = open_dir(dir.lower, name, path);
      merge({upper.get(), lower.get(), dir.pure || is_opaque(dir.lower, name), path});
      if (::unlinkat(dir.upper, name.c_str(), AT_REMOVEDIR) != 0) throw errno_error("deleting " + path, errno);
      return;
    }
    // What it replaced had stopped the look into lower layers; now the directory itself must.
    if (low != nullptr && !opaque) set_opaque(dir.upper, name, path);
    replace(dir, name, path, low != nullptr);
  }

  void replace(const Pair& dir, const std::string& name, const std::string& path, bool exists) {
    if (exists) remove_entry(dir.lower, name, path);
    rename(dir, name, path);
  }

  void rename(const Pair& dir, const std::string& name, const std::string& path) {
    if (::renameat(dir.upper, name.c_str(), dir.lower, name.c_str()) != 0) throw errno_error("moving " + path, errno);
  }

  bool has_origin(int dir) {
    for (const auto& key : xattr_names(dir, ".", ""))
      if (key == "trusted.overlay.origin") return true;
    return false;
  }

  void metadata(const Pair& dir) {
    struct stat st;
    if (::fstat(dir.upper, &st) != 0) throw errno_error("reading " + dir.path, errno);
    if (::fchown(dir.lower, st.st_uid, st.st_gid) != 0) throw errno_error("changing the owner of " + dir.path, errno);
    if (::fchmod(dir.lower, st.st_mode & 07777) != 0) throw errno_error("changing the mode of " + dir.path, errno);
    for (const auto& key : xattr_names(dir.lower, ".", dir.path))
      if (!is_overlay_xattr(key)) remove_xattr(dir.lower, ".", key, dir.path);
    for (const auto& key : xattr_names(dir.upper, ".", dir.path))
      if (!is_overlay_xattr(key)) set_xattr(dir.lower, ".", key, xattr_value(dir.upper, ".", key), dir.path);
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    if (::futimens(dir.lower, times) != 0) throw errno_error("changing the time of " + dir.path, errno);
  }

  const CancelToken& cancel_;
};

}  // namespace

void squash_layers(const std::string& upper, const std::string& lower, const CancelToken& cancel) {
  UniqueFd from = open_dir(AT_FDCWD, upper, upper), to = open_dir(AT_FDCWD, lower, lower);
  Squash(cancel).merge({from.get(), to.get(), is_opaque(to.get(), "."), ""});
}

}  // namespace ao
