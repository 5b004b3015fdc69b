#include "sandbox/child.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "common/error.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

namespace ao {

namespace {

struct Start {
  const ChildPlan* plan;
  ChildFailure* failure;
};

constexpr size_t kStack = 256 * 1024;
constexpr int kCloneFlags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWPID | SIGCHLD;

bool limit(__rlimit_resource_t what, rlim_t value) {
  struct rlimit now;
  if (getrlimit(what, &now) != 0) return false;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value) value = now.rlim_max;
  struct rlimit wanted = {value, value};
  return setrlimit(what, &wanted) == 0;
}

// A directory reached without following any link: bwrap mounts there and would follow links out of the tree.
int real_directory(int root, const char* path) {
  struct open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
  if (fd < 0) return errno;
  close(static_cast<int>(fd));
  return 0;
}

void default_signals() {
  struct sigaction action = {};
  for (int number = 1; number < NSIG; ++number) {
    // As under apt: scripts start with SIGHUP ignored and everything else (Node ignores SIGPIPE) at its default.
    action.sa_handler = number == SIGHUP ? SIG_IGN : SIG_DFL;
    sigaction(number, &action, nullptr);
  }
}

// Rather the script than the service that runs it. Best effort.
void prefer_as_oom_victim() {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] ssize_t n = write(fd, "500", 3);
  close(fd);
}

// For this pid namespace and those below. Where /proc/sys cannot be written, whoever started us has to limit us.
void limit_processes() {
  int fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] ssize_t n = write(fd, kMostProcesses, sizeof kMostProcesses - 1);
  close(fd);
}

int fail(ChildFailure* failure, const char* step, const char* path, int error) {
  *failure = ChildFailure{step, path, error};
  _exit(1);
}

int child_main(void* argument) {
  const auto& p = *static_cast<Start*>(argument)->plan;
  auto* failure = static_cast<Start*>(argument)->failure;
  auto check = [failure](bool ok, const char* step, const char* path) {
    if (!ok) fail(failure, step, path, errno);
  };

  check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl", "PR_SET_PDEATHSIG");
  // Dead before the line above: there is nobody left to be killed by.
  struct pollfd parent = {p.parent_fd, POLLIN, 0};
  if (poll(&parent, 1, 0) != 0) _exit(1);
  default_signals();
  check(setsid() >= 0, "setsid", "");
  check(dup2(p.null_fd, 0) == 0 && dup2(p.output_fd, 1) == 1 && dup2(p.output_fd, 2) == 2, "dup2", "standard streams");

  check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount private", "/");
  // That of our own pid namespace: bwrap looks its child up there.
  check(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0, "mount proc", "/proc");
  if (p.counts_processes) limit_processes();
  check(mount("layers", p.merged.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") == 0, "mount tmpfs",
        p.merged.c_str());
  check(chdir(p.merged.c_str()) == 0, "chdir", p.merged.c_str());
  for (size_t i = 0; i < p.lowers.size(); ++i)
    check(symlink(p.lowers[i].c_str(), p.names[i].c_str()) == 0, "symlink", p.lowers[i].c_str());
  check(symlink(p.upper.c_str(), "u.") == 0, "symlink", p.upper.c_str());
  check(symlink(p.work.c_str(), "w.") == 0, "symlink", p.work.c_str());
  const unsigned long flags = MS_NOSUID | MS_NODEV;
  if (mount("overlay", p.merged.c_str(), "overlay", flags, p.options.c_str()) != 0)
    check(errno == EINVAL && mount("overlay", p.merged.c_str(), "overlay", flags, p.options_durable.c_str()) == 0,
          "mount overlay", p.merged.c_str());
  check(chdir("/") == 0, "chdir", "/");

  int root = open(p.merged.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  check(root >= 0, "open", p.merged.c_str());
  for (const char* path : {"dev", "proc", "run", "tmp"})
    if (int error = real_directory(root, path)) fail(failure, "not a directory of the tree", path, error);
  bool var_tmp = real_directory(root, "var/tmp") == 0;

  umask(022);
  check(limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 4096) && limit(RLIMIT_FSIZE, rlim_t{16} << 30), "setrlimit", "");
  prefer_as_oom_victim();
  check(syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0, "close_range", "");
  check(fcntl(p.status_fd, F_SETFD, 0) == 0 && fcntl(p.seccomp_fd, F_SETFD, 0) == 0, "fcntl", "");

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  char* const environment[] = {nullptr};
  char* const* argv = (var_tmp ? p.argv : p.argv_plain).data();
  execve(argv[0], argv, environment);
  return fail(failure, "exec", argv[0], errno);
}

}  // namespace

Child start_child(const ChildPlan& plan, ChildFailure& failure) {
  // Of the heap: the sanitizers keep track of it, and not of a mapping that a process left by exec.
  std::unique_ptr<char[]> stack(new char[kStack]);
  Start start{&plan, &failure};
  // No handler of Node may run in the child: it would run on the parent's memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int pidfd = -1;
  Child child;
  child.pid = clone(child_main, stack.get() + kStack, kCloneFlags, &start, &pidfd);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child.pid < 0) {
    failure = ChildFailure{"clone", "mount and pid namespace", error};
    return {};
  }
  child.pidfd.reset(pidfd);
  if (failure.step == nullptr) return child;
  while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {};
}

}  // namespace ao
