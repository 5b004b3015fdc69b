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

int pidfd_open(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }
void kill_pidfd(const UniqueFd& fd) {
  if (fd) syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0);
}

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
  Supervisor(pid_t bwrap, int output, int status, Output& log) : pid_(bwrap), output_(output), status_(status), log_(log) {
    outer_.reset(pidfd_open(bwrap));
    if (!outer_) throw errno_error("opening a pidfd", errno);
  }

  Ended run(double timeout_seconds, CancelToken& cancel) {
    Waker waker(cancel);
    auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_seconds));
    while (!reaped_) {
      bool stop = false;
      if (cancel.cancelled()) stop = ended_.cancelled = true;
      if (Clock::now() >= deadline) stop = ended_.timed_out = true;
      // Killing bwrap before it has told its child's number could leave the child behind.
      if (stop && (inner_known_ || Clock::now() >= deadline + std::chrono::seconds(10))) {
        kill_all();
        break;
      }
      wait(stop ? Clock::now() + std::chrono::milliseconds(20) : deadline, waker.fd(), stop);
    }
    settle();
    return ended_;
  }

 private:
  void wait(Clock::time_point until, int wake, bool ignore_wake) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count() + 1;
    pollfd fds[] = {{output_open_ ? output_ : -1, POLLIN, 0},
                    {status_open_ ? status_ : -1, POLLIN, 0},
                    {outer_.get(), POLLIN, 0},
                    {ignore_wake ? -1 : wake, POLLIN, 0}};
    ::poll(fds, 4, static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
    if (fds[0].revents) output_open_ = log_.drain(output_);
    if (fds[1].revents) read_status();
    if (fds[2].revents) reap();
  }

  void read_status() {
    char buffer[4096];
    ssize_t n;
    while ((n = ::read(status_, buffer, sizeof buffer)) > 0) report_.append(buffer, static_cast<size_t>(n));
    if (n == 0) status_open_ = false;
    if (inner_known_) return;
    if (auto pid = number_after(report_, "\"child-pid\"")) {
      // Gone already when this fails; nothing to wait for then.
      inner_.reset(pidfd_open(*pid));
      inner_known_ = true;
    }
  }

  void reap() {
    while (waitpid(pid_, &ended_.wait_status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
  }

  void kill_all() {
    kill_pidfd(outer_);
    kill_pidfd(inner_);
  }

  // The program has ended or was killed. Its first process is init of its pid namespace: when that is gone, all
  // other processes and their mount namespace are gone too.
  void settle() {
    auto until = Clock::now() + kLastWait;
    if (!reaped_) reap();
    read_status();
    kill_pidfd(inner_);
    pollfd fds[] = {{inner_.get(), POLLIN, 0}, {output_, POLLIN, 0}};
    while (inner_ && fds[0].revents == 0) {
      if (Clock::now() >= until) throw NativeError("ERR_SANDBOX", "processes of the sandbox could not be killed");
      fds[1].fd = output_open_ ? output_ : -1;
      ::poll(fds, 2, 1000);
      if (output_open_ && fds[1].revents) output_open_ = log_.drain(output_);
    }
    // What is left in the pipe is at most its capacity: nobody writes any more.
    if (output_open_) log_.drain(output_);
    ended_.exit_code = number_after(report_, "\"exit-code\"");
  }

  pid_t pid_;
  int output_;
  int status_;
  Output& log_;
  UniqueFd outer_;
  UniqueFd inner_;
  bool inner_known_ = false;
  bool reaped_ = false;
  bool output_open_ = true;
  bool status_open_ = true;
  std::string report_;
  Ended ended_;
};

}  // namespace

Ended supervise(pid_t bwrap, int output, int status, Output& log, double timeout_seconds, CancelToken& cancel) {
  return Supervisor(bwrap, output, status, log).run(timeout_seconds, cancel);
}

}  // namespace ao
