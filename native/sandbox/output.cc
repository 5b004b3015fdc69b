#include "sandbox/output.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "common/error.h"

namespace ao {

namespace {
constexpr size_t kTail = 4096;
}

Output::Output(const std::string& path, double limit) : path_(path), left_(limit) {
  log_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!log_) throw errno_error("creating the log " + path, errno);
}

bool Output::drain(int fd) {
  std::array<char, 65536> buffer;
  // Bounded, so that a program that writes without end cannot keep its supervisor from looking at the clock.
  for (int turn = 0; turn < 16; ++turn) {
    ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n > 0) {
      keep(buffer.data(), static_cast<size_t>(n));
    } else if (n == 0) {
      return false;
    } else if (errno != EINTR) {
      return true;
    }
  }
  return true;
}

void Output::keep(const char* data, size_t size) {
  if (size >= kTail) {
    recent_.assign(data + size - kTail, kTail);
  } else {
    recent_.append(data, size);
    if (recent_.size() > kTail) recent_.erase(0, recent_.size() - kTail);
  }
  auto wanted = static_cast<size_t>(std::min(left_, static_cast<double>(size)));
  if (wanted < size) truncated_ = true;
  left_ -= static_cast<double>(wanted);
  while (wanted > 0 && error_ == 0) {
    ssize_t n = ::write(log_.get(), data, wanted);
    if (n < 0) {
      if (errno == EINTR) continue;
      error_ = errno;
      break;
    }
    data += n;
    wanted -= static_cast<size_t>(n);
  }
}

void Output::finish() const {
  if (error_ != 0) throw errno_error("writing the log " + path_, error_);
}

std::string Output::tail() const {
  if (recent_.size() < kTail) return recent_;
  auto line = recent_.find('\n');
  return line == std::string::npos || line + 1 == recent_.size() ? recent_ : recent_.substr(line + 1);
}

}  // namespace ao
