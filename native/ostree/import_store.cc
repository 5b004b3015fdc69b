#include "ostree/import_store.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <sys/stat.h>

namespace ao {

namespace {

// Larger files go through a temporary file: a few imports at a time must fit into the memory of a small host.
constexpr uint64_t kInMemory = 32 << 20;

// What libostree puts before a file's content, in its object stream and in its checksum: the size of the header
// variant, padding to 8 bytes, and the variant in big endian.
std::string stream_header(uint32_t uid, uint32_t gid, uint32_t mode, const char* target) {
  auto header =
      take_variant(g_variant_new("(uuuus@a(ayay))", GUINT32_TO_BE(uid), GUINT32_TO_BE(gid), GUINT32_TO_BE(mode), 0u,
                                 target, g_variant_new_array(G_VARIANT_TYPE("(ayay)"), nullptr, 0)));
  gsize size = g_variant_get_size(header.get());
  guint32 framed = GUINT32_TO_BE(static_cast<guint32>(size));
  std::string out(reinterpret_cast<const char*>(&framed), sizeof framed);
  out.append(4, '\0');
  out.append(static_cast<const char*>(g_variant_get_data(header.get())), size);
  return out;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw errno_error("writing a temporary file", errno);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

void ImportStore::spill(uint64_t size) {
  int fd = openat(ostree_repo_get_dfd(repo_), "tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) throw errno_error("creating a temporary file in the repository", errno);
  spilled_ = FdGuard(fd);
  // A full disk shows before the work is done.
  int err = posix_fallocate(fd, 0, static_cast<off_t>(size));
  if (err != 0 && err != EOPNOTSUPP && err != EINVAL) throw errno_error("allocating a temporary file", err);
}

void ImportStore::start(std::string header, uint64_t size) {
  expected_ = header.size() + size;
  length_ = 0;
  buffer_.clear();
  spilled_.close();
  if (size > kInMemory)
    spill(expected_);
  else
    buffer_.reserve(static_cast<size_t>(expected_));
  write(header);
}

void ImportStore::begin(const deb::FileMeta& meta) {
  start(stream_header(meta.uid, meta.gid, S_IFREG | meta.mode, ""), meta.size);
}

void ImportStore::write(std::string_view piece) {
  digest_.update(piece);
  length_ += piece.size();
  if (spilled_)
    write_all(spilled_.get(), piece);
  else
    buffer_ += piece;
}

std::string ImportStore::end() { return finish(); }

std::string ImportStore::symlink(uint32_t uid, uint32_t gid, const std::string& target) {
  start(stream_header(uid, gid, S_IFLNK | 0777, target.c_str()), 0);
  return finish();
}

std::string ImportStore::file(const deb::FileMeta& meta, std::string_view bytes) {
  begin(meta);
  write(bytes);
  return end();
}

std::string ImportStore::finish() {
  auto checksum = digest_.finish();
  if (length_ != expected_) throw NativeError("ERR_INTERNAL", "a file of the package has another size than announced");
  if (spilled_) {
    if (lseek(spilled_.get(), 0, SEEK_SET) < 0) throw errno_error("reading a temporary file", errno);
    GPtr<GInputStream> stream(g_unix_input_stream_new(spilled_.get(), FALSE));
    store(checksum, stream.get());
  } else {
    GPtr<GInputStream> stream(
        g_memory_input_stream_new_from_data(buffer_.data(), static_cast<gssize>(buffer_.size()), nullptr));
    store(checksum, stream.get());
  }
  spilled_.close();
  return checksum;
}

void ImportStore::store(const std::string& checksum, GInputStream* stream) {
  GErr error;
  gboolean there = FALSE;
  error.check(
      ostree_repo_has_object(repo_, OSTREE_OBJECT_TYPE_FILE, checksum.c_str(), &there, cancellable_, error.out()),
      "looking for an object");
  if (there) {
    ++stats_.objects_reused;
    return;
  }
  error.check(ostree_repo_write_content_trusted(repo_, checksum.c_str(), stream, length_, cancellable_, error.out()),
              "writing an object");
  ++stats_.objects_written;
  stats_.bytes_written += length_;
}

}  // namespace ao
