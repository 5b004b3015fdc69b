#include "ostree/content.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <climits>

namespace ao {

namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || !EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)) fail();
  }
  void update(const void* data, size_t size) {
    if (!EVP_DigestUpdate(context_.get(), data, size)) fail();
  }
  Checksum finish() {
    Checksum out;
    if (!EVP_DigestFinal_ex(context_.get(), out.data(), nullptr)) fail();
    return out;
  }

 private:
  [[noreturn]] static void fail() { throw NativeError("ERR_INTERNAL", "OpenSSL refused to hash"); }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

bool has_object(OstreeRepo* repo, OstreeObjectType type, const std::string& hex, GCancellable* cancellable) {
  GErr error;
  gboolean has = FALSE;
  error.check(ostree_repo_has_object(repo, type, hex.c_str(), &has, cancellable, error.out()), "looking for an object");
  return has;
}

GPtr<GFileInfo> file_info(const ContentMeta& meta, uint64_t size) {
  GPtr<GFileInfo> info(g_file_info_new());
  const bool link = S_ISLNK(meta.mode);
  g_file_info_set_attribute_uint32(info.get(), "unix::uid", meta.uid);
  g_file_info_set_attribute_uint32(info.get(), "unix::gid", meta.gid);
  g_file_info_set_attribute_uint32(info.get(), "unix::mode", meta.mode);
  g_file_info_set_attribute_boolean(info.get(), "standard::is-symlink", link);
  g_file_info_set_file_type(info.get(), link ? G_FILE_TYPE_SYMBOLIC_LINK : G_FILE_TYPE_REGULAR);
  g_file_info_set_size(info.get(), goffset(size));
  if (link) g_file_info_set_symlink_target(info.get(), meta.target.c_str());
  return info;
}

void write_content(OstreeRepo* repo, const std::string& hex, const ContentMeta& meta, int fd, uint64_t size,
                   GCancellable* cancellable) {
  GErr error;
  auto info = file_info(meta, size);
  auto xattrs = xattrs_variant(meta.xattrs);
  GPtr<GInputStream> input(fd >= 0 ? g_unix_input_stream_new(fd, FALSE) : nullptr);
  GPtr<GInputStream> stream;
  guint64 length = 0;
  error.check(ostree_raw_file_to_content_stream(input.get(), info.get(), xattrs.get(), OutPtr(stream), &length,
                                                cancellable, error.out()),
              "writing the object " + hex);
  error.check(ostree_repo_write_content_trusted(repo, hex.c_str(), stream.get(), length, cancellable, error.out()),
              "writing the object " + hex);
}

uint64_t hash_file(Sha256& sha, int fd, const std::string& path, GCancellable* cancellable) {
  std::string buffer(256 * 1024, '\0');
  uint64_t size = 0;
  for (;;) {
    ssize_t n = pread(fd, buffer.data(), buffer.size(), off_t(size));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw errno_error("reading " + path, errno);
    if (n == 0) return size;
    check_cancelled(cancellable);
    sha.update(buffer.data(), size_t(n));
    size += uint64_t(n);
  }
}

}  // namespace

std::string content_header(const ContentMeta& meta) {
  auto xattrs = xattrs_variant(meta.xattrs);
  if (!xattrs) xattrs = take_variant(g_variant_new_array(G_VARIANT_TYPE("(ayay)"), nullptr, 0));
  auto header = take_variant(g_variant_new("(uuuus@a(ayay))", GUINT32_TO_BE(meta.uid), GUINT32_TO_BE(meta.gid),
                                           GUINT32_TO_BE(meta.mode), 0, meta.target.c_str(), xattrs.get()));
  // Its length in big endian, four bytes of padding to the variant's alignment, the variant.
  const guint32 length = GUINT32_TO_BE(guint32(g_variant_get_size(header.get())));
  std::string out(reinterpret_cast<const char*>(&length), 4);
  out.append(4, '\0');
  out.append(static_cast<const char*>(g_variant_get_data(header.get())), g_variant_get_size(header.get()));
  return out;
}

Ingested ingest_file(OstreeRepo* repo, const std::string& path, GCancellable* cancellable) {
  struct stat st;
  if (lstat(path.c_str(), &st) != 0) throw errno_error("reading " + path, errno);
  ContentMeta meta;
  meta.mode = st.st_mode;
  meta.uid = st.st_uid;
  meta.gid = st.st_gid;
  FdGuard fd;
  if (S_ISREG(st.st_mode)) {
    fd = FdGuard(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME));
    if (!fd) throw errno_error("reading " + path, errno);
    meta.xattrs = read_xattrs(fd.get());
  } else if (S_ISLNK(st.st_mode)) {
    char target[PATH_MAX];
    ssize_t n = readlink(path.c_str(), target, sizeof target);
    if (n < 0 || n == ssize_t(sizeof target)) throw errno_error("reading the link " + path, n < 0 ? errno : ENAMETOOLONG);
    meta.target.assign(target, size_t(n));
    if (!g_utf8_validate(target, n, nullptr))
      throw NativeError("ERR_UNSAFE_PATH", "the target of the link " + path + " is not UTF-8, which a repository cannot hold");
    meta.xattrs = read_xattrs(path);
  } else {
    throw NativeError("ERR_UNSAFE_PATH", path + " is neither a file nor a link: a repository cannot hold it");
  }
  Sha256 sha;
  auto header = content_header(meta);
  sha.update(header.data(), header.size());
  Ingested out;
  if (fd) out.size = hash_file(sha, fd.get(), path, cancellable);
  out.checksum = sha.finish();
  auto hex = to_hex(out.checksum);
  if (has_object(repo, OSTREE_OBJECT_TYPE_FILE, hex, cancellable)) return out;
  write_content(repo, hex, meta, fd.get(), out.size, cancellable);
  out.written = true;
  return out;
}

Ingested put_metadata(OstreeRepo* repo, OstreeObjectType type, GVariant* variant, GCancellable* cancellable) {
  Ingested out;
  Sha256 sha;
  sha.update(g_variant_get_data(variant), g_variant_get_size(variant));
  out.checksum = sha.finish();
  auto hex = to_hex(out.checksum);
  if (has_object(repo, type, hex, cancellable)) return out;
  GErr error;
  GPtr<guchar> ignored;
  error.check(ostree_repo_write_metadata(repo, type, hex.c_str(), variant, OutPtr(ignored), cancellable, error.out()),
              "writing the object " + hex);
  out.written = true;
  return out;
}

}  // namespace ao
