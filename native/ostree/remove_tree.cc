#include "ostree/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ostree/dirtree.h"

namespace ao {

namespace {

uint64_t mount_of(int dir, const char* name) {
  struct statx st;
  if (statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) != 0)
    throw errno_error(std::string("looking at ") + name, errno);
  if (st.stx_mask & STATX_MNT_ID) return st.stx_mnt_id;
  return uint64_t(st.stx_dev_major) << 32 | st.stx_dev_minor;
}

struct CloseDir {
  void operator()(DIR* d) const { closedir(d); }
};

void remove_below(int dir, const std::string& name, uint64_t mount, GCancellable* cancellable) {
  if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw errno_error("deleting " + name, errno);
  const int unlink_error = errno;
  FdGuard fd(openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd && (errno == ENOTDIR || errno == ELOOP)) throw errno_error("deleting " + name, unlink_error);
  if (!fd) throw errno_error("deleting the folder " + name, errno);
  if (mount_of(fd.get(), "") != mount)
    throw NativeError("ERR_UNSAFE_PATH", "something is mounted on the folder " + name + ", which is to be deleted");
  const int self = fd.get();
  std::unique_ptr<DIR, CloseDir> entries(fdopendir(self));
  if (!entries) throw errno_error("reading the folder " + name, errno);
  fd.release();
  for (;;) {
    check_cancelled(cancellable);
    errno = 0;
    dirent* entry = readdir(entries.get());
    if (!entry && errno) throw errno_error("reading the folder " + name, errno);
    if (!entry) break;
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) remove_below(self, entry->d_name, mount, cancellable);
  }
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) throw errno_error("deleting the folder " + name, errno);
}

}  // namespace

void remove_entry(int dir, const std::string& name, GCancellable* cancellable) {
  remove_below(dir, name, mount_of(dir, ""), cancellable);
}

void remove_tree(const std::string& path, GCancellable* cancellable) {
  auto trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  auto names = split_path(trimmed);
  // A working folder is never /tmp or /usr itself: a path that came out too short must not empty the system.
  if (names.size() < 2) throw NativeError("ERR_UNSAFE_PATH", "refusing to delete " + path);
  auto name = std::string(names.back());
  auto parent = trimmed.substr(0, trimmed.size() - name.size() - 1);
  FdGuard dir(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!dir && errno == ENOENT) return;
  if (!dir) throw errno_error("deleting " + path, errno);
  remove_entry(dir.get(), name, cancellable);
}

}  // namespace ao
