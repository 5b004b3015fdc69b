#include "sandbox/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "common/error.h"

namespace ao {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kLastWait = std::chrono::seconds(60);

std::optional<int> number_after(const std::string& text, const char* key) {
  auto at = text.find(key);
  if (at == std::string::npos) return std::nullopt;
  auto colon = text.find(':', at);
  auto end = text.find_first_of(",}", at);
  if (colon == std::string::npos || end == std::string::npos) return std::nullopt;
  return std::atoi(text.c_str() + colon + 1);
}

// Wakes the poll of the supervising thread from the thread that cancels.
class Waker {
 public:
  explicit Waker(CancelToken& token) : token_(token), fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_) throw errno_error("creating an eventfd", errno);
    int fd = fd_.get();
    id_ = token_.on_cancel([fd] {
      uint64_t one = 1;
      [[maybe_unused]] ssize_t n = ::write(fd, &one, sizeof one);
    });
  }
  ~Waker() { token_.remove(id_); }
  int fd() const { return fd_.get(); }

 private:
  CancelToken& token_;
  UniqueFd fd_;
  int id_ = 0;
};

class Supervisor {
 public:
  Supervisor(Child bwrap, int output, int status, Output& log)
      : child_(std::move(bwrap)), output_(output), status_(status), log_(log) {}
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor() {
    if (reaped_) return;
    send_kill();
    waitpid(child_.pid, nullptr, WNOHANG);
  }

  Ended run(double timeout_seconds, CancelToken& cancel) {
    Waker waker(cancel);
    auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(timeout_seconds, 1e8)));
    while (!gone_) {
      if (cancel.cancelled()) ended_.cancelled = true;
      else if (Clock::now() >= deadline) ended_.timed_out = true;
      if (ended_.cancelled || ended_.timed_out) break;
      wait(deadline, waker.fd());
    }
    if (!gone_) kill();
    while (waitpid(child_.pid, &ended_.wait_status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    // What is left in the pipes is at most their capacity: nobody writes any more.
    if (output_open_) log_.drain(output_);
    read_status();
    ended_.exit_code = number_after(report_, "\"exit-code\"");
    return ended_;
  }

 private:
  void wait(Clock::time_point until, int wake) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count() + 1;
    pollfd fds[] = {{output_open_ ? output_ : -1, POLLIN, 0}, {child_.pidfd.get(), POLLIN, 0}, {wake, POLLIN, 0}};
    ::poll(fds, 3, static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
    if (fds[0].revents) output_open_ = log_.drain(output_);
    gone_ = fds[1].revents != 0;
  }

  void kill() {
    send_kill();
    auto until = Clock::now() + kLastWait;
    while (!gone_) {
      if (Clock::now() >= until) throw NativeError("ERR_SANDBOX", "processes of the sandbox could not be killed");
      wait(until, -1);
    }
  }

  void send_kill() { syscall(SYS_pidfd_send_signal, child_.pidfd.get(), SIGKILL, nullptr, 0); }

  void read_status() {
    char buffer[4096];
    ssize_t n;
    while ((n = ::read(status_, buffer, sizeof buffer)) > 0) report_.append(buffer, static_cast<size_t>(n));
  }

  Child child_;
  int output_;
  int status_;
  Output& log_;
  bool gone_ = false;
  bool reaped_ = false;
  bool output_open_ = true;
  std::string report_;
  Ended ended_;
};

}  // namespace

Ended supervise(Child bwrap, int output, int status, Output& log, double timeout_seconds, CancelToken& cancel) {
  return Supervisor(std::move(bwrap), output, status, log).run(timeout_seconds, cancel);
}

}  // namespace ao
