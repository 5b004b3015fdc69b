#include "ostree/materialize.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <set>

#include "ostree/folder_walk.h"
#include "ostree/place.h"
#include "ostree/remove_tree.h"

namespace ao {

namespace {

constexpr const char* kOpaque = "trusted.overlay.opaque";

enum class Kind { kNone, kFolder, kOther };

class Layer {
 public:
  Layer(OstreeRepo* repo, const std::string& folder, bool overlay, GCancellable* cancellable)
      : repo_(repo), overlay_(overlay), cancellable_(cancellable), root_(open_root(folder)), walk_(open_root(folder)) {}

  void apply(const Change& c) {
    if (c.op == Change::Op::kDir && c.path == "/") {
      set_folder(root_.get(), DirMeta{c.mode, c.uid, c.gid}, xattrs_from(c), "/");
      touched_.insert("/");
      return;
    }
    std::string name;
    int dir = walk_.parent_of(c.path, name);
    touched_.insert(c.path.substr(0, std::max<size_t>(1, c.path.size() - name.size() - 1)));
    switch (c.op) {
      case Change::Op::kDir:
        put_folder(c, dir, name);
        touched_.insert(c.path);
        break;
      case Change::Op::kObject:
        put_object(c, dir, name);
        break;
      case Change::Op::kFile:
        remove_entry(dir, name, cancellable_);
        place_file(c.from, true, dir, name, cancellable_);
        ++links_;
        break;
      case Change::Op::kRemove:
        remove_entry(dir, name, cancellable_);
        if (overlay_ && !hidden()) put_whiteout(dir, name);
        break;
      case Change::Op::kMove:
        throw NativeError("ERR_INTERNAL", "a layer folder cannot be given a move: " + c.path);
    }
  }

  // Last, for every entry that is placed changes the time of its folder.
  void zero_times() {
    for (const auto& path : touched_) {
      check_cancelled(cancellable_);
      if (path == "/") {
        zero_time(root_.get());
        continue;
      }
      std::string name;
      try {
        int dir = walk_.parent_of(path, name);
        if (kind_of(dir, name) == Kind::kFolder) zero_time(dir, name);
      } catch (const NativeError& e) {
        // A folder that a later change took away again.
        if (e.code != "ERR_OSTREE_NOT_FOUND" && e.code != "ERR_UNSAFE_PATH") throw;
      }
    }
  }

  uint64_t links() const { return links_; }

 private:
  static FdGuard open_root(const std::string& folder) {
    FdGuard fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw errno_error("opening the layer folder " + folder, errno);
    return fd;
  }

  static std::vector<Xattr> xattrs_from(const Change& c) {
    if (c.from.empty()) return {};
    FdGuard fd(open(c.from.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw errno_error("reading the folder " + c.from, errno);
    return read_xattrs(fd.get());
  }

  static Kind kind_of(int dir, const std::string& name) {
    struct stat st;
    if (fstatat(dir, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return S_ISDIR(st.st_mode) ? Kind::kFolder : Kind::kOther;
    if (errno == ENOENT) return Kind::kNone;
    throw errno_error("looking at " + name, errno);
  }

  void put_folder(const Change& c, int dir, const std::string& name) {
    auto kind = kind_of(dir, name);
    // What stood here, be it a whiteout, hid the lower layers; the folder must go on hiding them.
    const bool opaque = overlay_ && kind == Kind::kOther;
    if (kind == Kind::kOther && unlinkat(dir, name.c_str(), 0) != 0) throw errno_error("replacing " + c.path, errno);
    if (kind != Kind::kFolder && mkdirat(dir, name.c_str(), 0700) != 0) throw errno_error("making the folder " + c.path, errno);
    FdGuard fd(openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw errno_error("opening the folder " + c.path, errno);
    set_folder(fd.get(), DirMeta{c.mode, c.uid, c.gid}, xattrs_from(c), c.path);
    if (opaque && fsetxattr(fd.get(), kOpaque, "y", 1, 0) != 0) throw errno_error("hiding what lies below " + c.path, errno);
  }

  void put_object(const Change& c, int dir, const std::string& name) {
    remove_entry(dir, name, cancellable_);
    auto checksum = to_hex(c.object);
    if (link_object(repo_, checksum, dir, name))
      ++links_;
    else
      copy_object(repo_, checksum, dir, name, cancellable_);
  }

  // True below an opaque folder of this layer: no lower layer shows through, and a whiteout would be listed.
  bool hidden() const {
    for (int fd : walk_.chain()) {
      char value = 0;
      auto path = "/proc/self/fd/" + std::to_string(fd);
      if (getxattr(path.c_str(), kOpaque, &value, 1) == 1 && value == 'y') return true;
    }
    return false;
  }

  static void put_whiteout(int dir, const std::string& name) {
    if (mknodat(dir, name.c_str(), S_IFCHR, makedev(0, 0)) != 0) throw errno_error("hiding " + name, errno);
  }

  OstreeRepo* repo_;
  bool overlay_;
  GCancellable* cancellable_;
  FdGuard root_;
  FolderWalk walk_;
  std::set<std::string> touched_;
  uint64_t links_ = 0;
};

}  // namespace

uint64_t materialize(OstreeRepo* repo, const std::string& folder, const std::vector<Change>& changes, bool overlay,
                     GCancellable* cancellable) {
  if (ostree_repo_get_mode(repo) != OSTREE_REPO_MODE_BARE)
    throw NativeError("ERR_REPO_MODE", "layers need a repository of the mode bare, whose objects are the files themselves");
  Layer layer(repo, folder, overlay, cancellable);
  for (const auto& change : changes) {
    check_cancelled(cancellable);
    layer.apply(change);
  }
  layer.zero_times();
  return layer.links();
}

}  // namespace ao
