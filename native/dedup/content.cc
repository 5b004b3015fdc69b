#include "dedup/content.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "common/error.h"

namespace ao {

namespace {

constexpr size_t kHead = 4096;
constexpr size_t kBlock = 256 * 1024;

class Digest {
 public:
  Digest() : ctx_(EVP_MD_CTX_new()) {
    if (!ctx_ || EVP_DigestInit_ex(ctx_.get(), EVP_sha256(), nullptr) != 1)
      throw NativeError("ERR_INTERNAL", "SHA-256 is not available");
  }
  void add(const void* data, size_t size) { EVP_DigestUpdate(ctx_.get(), data, size); }
  // Length first, so that no two lists of fields look alike.
  void add_field(const std::string& text) {
    uint64_t size = text.size();
    add(&size, sizeof size);
    add(text.data(), text.size());
  }
  std::string finish() {
    std::string out(32, '\0');
    EVP_DigestFinal_ex(ctx_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
    return out;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> ctx_;
};

bool same(const struct stat& a, const struct stat& b) {
  auto time = [](const timespec& x, const timespec& y) { return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec; };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mode == b.st_mode &&
         a.st_uid == b.st_uid && a.st_gid == b.st_gid && time(a.st_mtim, b.st_mtim);
}

class File {
 public:
  explicit File(const FoundFile& file)
      : path_(file.path), fd_(open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
    if (fd_ < 0 && errno != ENOENT && errno != ELOOP) throw errno_error("opening " + path_, errno);
    struct stat now;
    valid_ = fd_ >= 0 && fstat(fd_, &now) == 0 && same(now, file.info);
  }
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool valid() const { return valid_; }
  size_t read_some(char* buffer, size_t size) {
    for (;;) {
      ssize_t n = read(fd_, buffer, size);
      if (n >= 0) return size_t(n);
      if (errno != EINTR) throw errno_error("reading " + path_, errno);
    }
  }
  void add_xattrs(Digest& digest) {
    std::string names = attribute([this](char* b, size_t n) { return flistxattr(fd_, b, n); });
    std::vector<std::string> sorted;
    for (size_t at = 0; at < names.size(); at += sorted.back().size() + 1) sorted.emplace_back(names.c_str() + at);
    std::sort(sorted.begin(), sorted.end());
    for (const auto& name : sorted) {
      digest.add_field(name);
      digest.add_field(attribute([&](char* b, size_t n) { return fgetxattr(fd_, name.c_str(), b, n); }));
    }
  }

 private:
  template <typename F>
  std::string attribute(F get) {
    ssize_t size = get(nullptr, 0);
    if (size < 0 && errno == ENOTSUP) return "";
    std::string out(size < 0 ? 0 : size_t(size), '\0');
    if (size > 0) size = get(out.data(), out.size());
    if (size < 0) throw errno_error("reading the attributes of " + path_, errno);
    out.resize(size_t(size));
    return out;
  }

  std::string path_;
  int fd_;
  bool valid_ = false;
};

}  // namespace

std::string head_key(const FoundFile& found) {
  File file(found);
  if (!file.valid()) return "";
  char buffer[kHead];
  Digest digest;
  digest.add(buffer, file.read_some(buffer, sizeof buffer));
  return digest.finish();
}

std::string full_key(const FoundFile& found, const std::function<void()>& check) {
  File file(found);
  if (!file.valid()) return "";
  std::vector<char> buffer(kBlock);
  Digest digest;
  uint64_t total = 0;
  while (size_t n = file.read_some(buffer.data(), buffer.size())) {
    digest.add(buffer.data(), n);
    total += n;
    check();
  }
  if (total != uint64_t(found.info.st_size)) return "";
  file.add_xattrs(digest);
  return digest.finish();
}

bool unchanged(const FoundFile& file) {
  struct stat now;
  return lstat(file.path.c_str(), &now) == 0 && same(now, file.info);
}

}  // namespace ao
