#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "common/error.h"
#include "sandbox/arguments.h"
#include "sandbox/output.h"
#include "sandbox/seccomp.h"
#include "sandbox/spawner.h"
#include "sandbox/supervisor.h"

namespace ao {

namespace {

struct Pipe {
  UniqueFd read, write;
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw errno_error("creating a pipe", errno);
    read.reset(fds[0]);
    write.reset(fds[1]);
    // Only our end: a program that gets EAGAIN from its standard output fails.
    ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
  }
};

UniqueFd seccomp_file() {
  auto program = seccomp_program();
  UniqueFd fd(memfd_create("seccomp", MFD_CLOEXEC));
  if (!fd) throw errno_error("creating a memfd", errno);
  auto size = static_cast<ssize_t>(program.size() * sizeof program[0]);
  if (::write(fd.get(), program.data(), static_cast<size_t>(size)) != size || ::lseek(fd.get(), 0, SEEK_SET) != 0)
    throw errno_error("writing the system call filter", errno);
  return fd;
}

// Before Linux 6.14, pid_max is one number for the whole machine: to be left alone.
bool namespaces_count_processes() {
  struct utsname kernel;
  unsigned major = 0, minor = 0;
  if (::uname(&kernel) != 0 || std::sscanf(kernel.release, "%u.%u", &major, &minor) != 2) return false;
  return std::make_pair(major, minor) >= std::make_pair(6U, 14U);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (auto& s : strings) all.push_back(s.data());
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void throw_setup(const ChildFailure& failure) {
  std::string step = failure.step, path = failure.path;
  NativeError error("ERR_SANDBOX", step + (path.empty() ? "" : " " + path) + ": " + std::strerror(failure.error));
  error.operation = "setting up the sandbox";
  error.domain = "errno";
  error.number = failure.error;
  throw std::move(error).with("step", step).with("path", path);
}

// overlayfs leaves a mark that keeps a `volatile` work folder from being used again.
void clear_work(const std::string& work) {
  ::unlink((work + "/work/incompat/volatile/dirty").c_str());
  for (const char* name : {"/work/incompat/volatile", "/work/incompat", "/work", "/index"}) ::rmdir((work + name).c_str());
}

std::string last_message_of_bwrap(const std::string& tail) {
  auto at = tail.rfind("bwrap: ");
  return at == std::string::npos ? "bwrap gave no reason" : tail.substr(at, tail.find('\n', at) - at);
}

SandboxOutcome judge(const Ended& ended, const std::string& tail) {
  SandboxOutcome outcome;
  outcome.timed_out = ended.timed_out;
  if (ended.timed_out) {
    outcome.signal = SIGKILL;
  } else if (ended.exit_code) {
    // bwrap tells a death by signal as 128 + number.
    if (*ended.exit_code > 128 && *ended.exit_code <= 128 + 64) outcome.signal = *ended.exit_code - 128;
    else outcome.exit = *ended.exit_code;
  } else if (WIFSIGNALED(ended.wait_status)) {
    outcome.signal = WTERMSIG(ended.wait_status);
  } else {
    auto message = last_message_of_bwrap(tail);
    if (message.rfind("bwrap: execvp", 0) != 0) {
      NativeError error("ERR_SANDBOX", message);
      error.operation = "setting up the sandbox";
      throw std::move(error).with("step", "bwrap");
    }
    outcome.exit = 127;
  }
  return outcome;
}

}  // namespace

SandboxOutcome run_sandbox(const SandboxRequest& request, CancelToken& cancel) {
  if (request.lowers.empty() || request.lowers.size() > kMaxLowers)
    throw NativeError("ERR_SANDBOX", "overlayfs takes 1 to " + std::to_string(kMaxLowers) + " lower folders, not " +
                                         std::to_string(request.lowers.size()));
  auto begin = std::chrono::steady_clock::now();
  Output log(request.log, request.output_limit);
  Pipe output, status;
  UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null) throw errno_error("opening /dev/null", errno);
  UniqueFd seccomp = seccomp_file();

  auto with = bwrap_arguments(request, status.write.get(), seccomp.get(), true);
  auto without = bwrap_arguments(request, status.write.get(), seccomp.get(), false);
  ChildPlan plan;
  plan.merged = request.merged;
  plan.upper = request.upper;
  plan.work = request.work;
  plan.lowers = request.lowers;
  for (size_t i = 0; i < request.lowers.size(); ++i) plan.names.push_back(layer_name(i));
  plan.options = overlay_options(request.lowers.size(), true);
  plan.options_durable = overlay_options(request.lowers.size(), false);
  plan.argv = pointers(with);
  plan.argv_plain = pointers(without);
  plan.null_fd = null.get();
  plan.output_fd = output.write.get();
  plan.status_fd = status.write.get();
  plan.seccomp_fd = seccomp.get();
  UniqueFd self(static_cast<int>(syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!self) throw errno_error("opening a pidfd", errno);
  plan.parent_fd = self.get();
  plan.counts_processes = namespaces_count_processes();

  ChildFailure failure;
  Child child = spawn(plan, failure);
  if (failure.step != nullptr) {
    clear_work(request.work);
    throw_setup(failure);
  }
  output.write.reset();
  status.write.reset();
  Ended ended = supervise(std::move(child), output.read.get(), status.read.get(), log, request.timeout_seconds, cancel);
  clear_work(request.work);
  if (ended.cancelled) throw cancelled_error();
  log.finish();

  SandboxOutcome outcome = judge(ended, log.tail());
  outcome.output_truncated = log.truncated();
  outcome.tail = log.tail();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return outcome;
}

}  // namespace ao
