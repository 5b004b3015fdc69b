#include "sandbox/spawner.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

namespace ao {

namespace {

const char* const kHierarchy = "/sys/fs/cgroup/pids";
const char* const kPrefix = "apt-ostree-";

// The group of this process in the version 1 hierarchy that counts processes; "" without one.
std::string own_group() {
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    auto at = line.find(":pids:");
    if (at != std::string::npos) return kHierarchy + line.substr(at + 6);
  }
  return "";
}

// Groups of processes that were killed.
void remove_stale(const std::string& parent) {
  DIR* dir = ::opendir(parent.c_str());
  if (dir == nullptr) return;
  while (const dirent* entry = ::readdir(dir)) {
    std::string name = entry->d_name;
    if (name.rfind(kPrefix, 0) != 0) continue;
    pid_t owner = std::atoi(name.c_str() + std::string(kPrefix).size());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) ::rmdir((parent + "/" + name).c_str());
  }
  ::closedir(dir);
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
}

class Spawner {
 public:
  Spawner() {
    std::thread([this] { serve(); }).detach();
  }

  Child run(const ChildPlan& plan, ChildFailure& failure) {
    std::unique_lock<std::mutex> turn(turn_);
    Child child;
    std::exception_ptr error;
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = [&] {
      try {
        child = start_child(plan, failure);
      } catch (...) {
        error = std::current_exception();
      }
    };
    changed_.notify_all();
    changed_.wait(lock, [this] { return done_; });
    done_ = false;
    if (error) std::rethrow_exception(error);
    return child;
  }

  // At the end of the process: the group goes with us. One that still has children stays for the next process.
  void leave_group() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (group_.empty()) return;
    write_text(parent_ + "/tasks", std::to_string(thread_));
    ::rmdir(group_.c_str());
    group_.clear();
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    enter_group();
    for (;;) {
      changed_.wait(lock, [this] { return bool(job_); });
      auto job = std::move(job_);
      job_ = nullptr;
      lock.unlock();
      job();
      lock.lock();
      done_ = true;
      changed_.notify_all();
    }
  }

  // For kernels whose pid namespaces have no limit. Best effort: control groups of version 2 belong to whoever manages
  // the machine's groups, and the group that we run in holds processes of our caller, which are not ours to move.
  void enter_group() {
    thread_ = static_cast<pid_t>(syscall(SYS_gettid));
    parent_ = own_group();
    if (parent_.empty()) return;
    remove_stale(parent_);
    std::string path = parent_ + "/" + kPrefix + std::to_string(::getpid());
    if (::mkdir(path.c_str(), 0755) != 0) return;
    group_ = path;
    write_text(path + "/pids.max", kMostProcesses);
    // Of this thread only; "cgroup.procs" would take the whole process along.
    write_text(path + "/tasks", "0");
  }

  std::mutex turn_;  // one job at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  bool done_ = false;
  pid_t thread_ = 0;
  std::string parent_;
  std::string group_;
};

// Never destroyed: its thread runs until the process ends.
Spawner& spawner() {
  static Spawner* const one = new Spawner;
  static const struct Leave {
    ~Leave() { one->leave_group(); }
  } leave;
  return *one;
}

}  // namespace

Child spawn(const ChildPlan& plan, ChildFailure& failure) { return spawner().run(plan, failure); }

}  // namespace ao
