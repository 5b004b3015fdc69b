#include "ostree/place.h"

#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <gio/gunixinputstream.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <climits>

#include "ostree/object_file.h"

namespace ao {

namespace {

struct Entry {
  uint32_t mode = 0, uid = 0, gid = 0;
  std::string target;
  std::vector<Xattr> xattrs;
};

const timespec kZero[2] = {{0, 0}, {0, 0}};

[[noreturn]] void fail(const std::string& name) { throw errno_error("writing " + name, errno); }

uint64_t copy_stream(int out, GInputStream* input, const std::string& name, GCancellable* cancellable) {
  if (!input) return 0;
  if (G_IS_FILE_DESCRIPTOR_BASED(input)) {
    int fd = g_file_descriptor_based_get_fd(G_FILE_DESCRIPTOR_BASED(input));
    if (ioctl(out, FICLONE, fd) == 0) return 0;
  }
  GErr error;
  std::string buffer(256 * 1024, '\0');
  uint64_t total = 0;
  for (;;) {
    auto n = g_input_stream_read(input, buffer.data(), buffer.size(), cancellable, error.out());
    if (n < 0) error.raise("copying " + name);
    if (n == 0) return total;
    for (gssize done = 0; done < n;) {
      ssize_t w = write(out, buffer.data() + done, size_t(n - done));
      if (w < 0 && errno == EINTR) continue;
      if (w < 0) fail(name);
      done += w;
    }
    total += uint64_t(n);
  }
}

void make_link(const Entry& e, int dir, const std::string& name) {
  if (symlinkat(e.target.c_str(), dir, name.c_str()) != 0) fail(name);
  if (fchownat(dir, name.c_str(), e.uid, e.gid, AT_SYMLINK_NOFOLLOW) != 0) fail(name);
  set_xattrs_at(dir, name, e.xattrs);
  zero_time(dir, name);
}

uint64_t make_file(const Entry& e, GInputStream* input, int dir, const std::string& name, GCancellable* cancellable) {
  FdGuard out(openat(dir, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out) fail(name);
  auto bytes = copy_stream(out.get(), input, name, cancellable);
  // In this order: a change of owner takes away set-id bits and capabilities.
  if (fchown(out.get(), e.uid, e.gid) != 0) fail(name);
  set_xattrs(out.get(), e.xattrs, name);
  if (fchmod(out.get(), e.mode & 07777) != 0) fail(name);
  zero_time(out.get());
  return bytes;
}

}  // namespace

bool link_object(OstreeRepo* repo, const std::string& checksum, int dir, const std::string& name) {
  if (linkat(ostree_repo_get_dfd(repo), loose_path(checksum).c_str(), dir, name.c_str(), 0) == 0) return true;
  if (errno == EMLINK || errno == EXDEV) return false;
  if (errno != ENOENT) fail(name);
  throw NativeError("ERR_OSTREE_NOT_FOUND", "the repository has no committed object " + checksum + " for " + name);
}

uint64_t copy_object(OstreeRepo* repo, const std::string& checksum, int dir, const std::string& name,
                     GCancellable* cancellable) {
  GErr error;
  GPtr<GInputStream> input;
  GPtr<GFileInfo> info;
  GVar xattrs;
  error.check(ostree_repo_load_file(repo, checksum.c_str(), OutPtr(input), OutPtr(info), OutPtr(xattrs), cancellable,
                                    error.out()),
              "reading the object " + checksum);
  Entry e;
  e.mode = g_file_info_get_attribute_uint32(info.get(), "unix::mode");
  e.uid = g_file_info_get_attribute_uint32(info.get(), "unix::uid");
  e.gid = g_file_info_get_attribute_uint32(info.get(), "unix::gid");
  e.xattrs = xattrs_of(xattrs.get());
  if (g_file_info_get_file_type(info.get()) != G_FILE_TYPE_SYMBOLIC_LINK)
    return make_file(e, input.get(), dir, name, cancellable);
  e.target = g_file_info_get_symlink_target(info.get());
  make_link(e, dir, name);
  return 0;
}

uint64_t place_file(const std::string& from, bool link, int dir, const std::string& name, GCancellable* cancellable) {
  if (link) {
    if (linkat(AT_FDCWD, from.c_str(), dir, name.c_str(), 0) == 0) {
      zero_time(dir, name);
      return 0;
    }
    if (errno != EMLINK && errno != EXDEV) throw errno_error("linking " + from + " to " + name, errno);
  }
  struct stat st;
  if (lstat(from.c_str(), &st) != 0) throw errno_error("reading " + from, errno);
  Entry e{st.st_mode, st.st_uid, st.st_gid, "", read_xattrs(from)};
  if (S_ISLNK(st.st_mode)) {
    char target[PATH_MAX];
    ssize_t n = readlink(from.c_str(), target, sizeof target);
    if (n < 0) throw errno_error("reading " + from, errno);
    e.target.assign(target, size_t(n));
    make_link(e, dir, name);
    return 0;
  }
  if (!S_ISREG(st.st_mode)) throw NativeError("ERR_UNSAFE_PATH", from + " is neither a file nor a link");
  int fd = open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) throw errno_error("reading " + from, errno);
  GPtr<GInputStream> input(g_unix_input_stream_new(fd, TRUE));
  return make_file(e, input.get(), dir, name, cancellable);
}

void set_folder(int fd, const DirMeta& meta, const std::vector<Xattr>& xattrs, const std::string& what) {
  clear_xattrs(fd, what);
  if (fchown(fd, meta.uid, meta.gid) != 0) fail(what);
  // The mode before the attributes: an access list is more than its mask, which chmod would set.
  if (fchmod(fd, meta.mode) != 0) fail(what);
  set_xattrs(fd, xattrs, what);
}

void zero_time(int dir, const std::string& name) {
  if (utimensat(dir, name.c_str(), kZero, AT_SYMLINK_NOFOLLOW) != 0) fail(name);
}

void zero_time(int fd) {
  if (futimens(fd, kZero) != 0) fail("a time");
}

}  // namespace ao
