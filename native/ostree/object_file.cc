#include "ostree/object_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <vector>

namespace ao {

namespace {

std::string doing(const std::string& checksum) { return "reading the object " + checksum; }

// In a bare repository the object is the file itself. False: not there (it may be staged, or in the parent).
bool stat_loose(OstreeRepo* repo, const std::string& checksum, ObjectStat& out) {
  if (ostree_repo_get_mode(repo) != OSTREE_REPO_MODE_BARE) return false;
  auto path = loose_path(checksum);
  int dfd = ostree_repo_get_dfd(repo);
  struct stat st;
  if (fstatat(dfd, path.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    throw errno_error(doing(checksum), errno);
  }
  out.symlink = S_ISLNK(st.st_mode);
  out.mode = st.st_mode & 07777;
  out.uid = st.st_uid;
  out.gid = st.st_gid;
  out.size = uint64_t(st.st_size);
  if (out.symlink) {
    char target[PATH_MAX];
    ssize_t n = readlinkat(dfd, path.c_str(), target, sizeof target);
    if (n < 0) throw errno_error(doing(checksum), errno);
    out.target.assign(target, size_t(n));
  }
  return true;
}

void load(OstreeRepo* repo, const std::string& checksum, GPtr<GInputStream>* input, GPtr<GFileInfo>& info,
          GCancellable* cancellable) {
  GErr error;
  GInputStream* stream = nullptr;
  gboolean ok = ostree_repo_load_file(repo, checksum.c_str(), input ? &stream : nullptr, OutPtr(info), nullptr,
                                      cancellable, error.out());
  if (input) input->reset(stream);
  error.check(ok, doing(checksum));
}

}  // namespace

std::string loose_path(const std::string& checksum) {
  return "objects/" + checksum.substr(0, 2) + "/" + checksum.substr(2) + ".file";
}

ObjectStat stat_object(OstreeRepo* repo, const std::string& checksum) {
  ObjectStat out;
  if (stat_loose(repo, checksum, out)) return out;
  GPtr<GFileInfo> info;
  load(repo, checksum, nullptr, info, nullptr);
  out.symlink = g_file_info_get_file_type(info.get()) == G_FILE_TYPE_SYMBOLIC_LINK;
  out.mode = g_file_info_get_attribute_uint32(info.get(), "unix::mode") & 07777;
  out.uid = g_file_info_get_attribute_uint32(info.get(), "unix::uid");
  out.gid = g_file_info_get_attribute_uint32(info.get(), "unix::gid");
  out.size = uint64_t(g_file_info_get_size(info.get()));
  if (out.symlink) out.target = g_file_info_get_symlink_target(info.get());
  return out;
}

std::string read_object(OstreeRepo* repo, const std::string& checksum, GCancellable* cancellable) {
  GPtr<GInputStream> input;
  GPtr<GFileInfo> info;
  load(repo, checksum, &input, info, cancellable);
  if (!input) throw NativeError("ERR_OSTREE", "the object " + checksum + " is a symlink, not a file");
  GErr error;
  std::string bytes;
  bytes.resize(size_t(g_file_info_get_size(info.get())));
  gsize done = 0;
  error.check(g_input_stream_read_all(input.get(), bytes.data(), bytes.size(), &done, cancellable, error.out()),
              doing(checksum));
  if (done != bytes.size()) throw NativeError("ERR_OSTREE", "the object " + checksum + " is shorter than it says");
  return bytes;
}

bool has_bytes_of(OstreeRepo* repo, const std::string& checksum, const std::string& path, GCancellable* cancellable) {
  constexpr size_t kBlock = 256 * 1024;
  GPtr<GInputStream> input;
  GPtr<GFileInfo> info;
  load(repo, checksum, &input, info, cancellable);
  if (!input) return false;
  FdGuard fd(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat st;
  if (!fd || fstat(fd.get(), &st) != 0) throw errno_error("reading " + path, errno);
  if (!S_ISREG(st.st_mode) || st.st_size != g_file_info_get_size(info.get())) return false;
  std::vector<char> theirs(kBlock), ours(kBlock);
  for (;;) {
    GErr error;
    gsize expected = 0;
    error.check(g_input_stream_read_all(input.get(), theirs.data(), kBlock, &expected, cancellable, error.out()),
                doing(checksum));
    size_t found = 0;
    while (found < expected) {
      ssize_t n = read(fd.get(), ours.data() + found, expected - found);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw errno_error("reading " + path, errno);
      if (n == 0) return false;
      found += size_t(n);
    }
    if (memcmp(theirs.data(), ours.data(), expected) != 0) return false;
    if (expected < kBlock) return true;
  }
}

}  // namespace ao
