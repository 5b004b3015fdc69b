#include "deb/file_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"

namespace ao::deb {

FileSource::FileSource(int fd, Watch& watch) : fd_(fd), watch_(watch), buffer_(256 * 1024) {
  posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

std::string_view FileSource::peek() {
  if (at_ == end_) {
    watch_.check();
    ssize_t n;
    do n = ::read(fd_, buffer_.data(), buffer_.size());
    while (n < 0 && errno == EINTR);
    if (n < 0) throw errno_error("reading the file", errno);
    at_ = 0;
    end_ = static_cast<size_t>(n);
    bytes_ += end_;
    digest_.update({buffer_.data(), end_});
    watch_.read(bytes_);
  }
  return {buffer_.data() + at_, end_ - at_};
}

std::string FileSource::sha256() {
  drain(*this);
  return digest_.finish();
}

}  // namespace ao::deb
