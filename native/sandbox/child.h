// The steps between clone and exec. The child shares the parent's memory while the parent's thread waits
// (CLONE_VM | CLONE_VFORK), so it starts at once however large the process is, and may only make system calls.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace ao {

struct ChildPlan {
  std::string merged;
  std::string upper;
  std::string work;
  std::vector<std::string> lowers;
  std::vector<std::string> names;
  std::string options;           // with `volatile`
  std::string options_durable;   // without
  std::vector<char*> argv;         // with a cover for /var/tmp
  std::vector<char*> argv_plain;   // without
  int group_fd = -1;  // entrance of a control group, or -1
  int null_fd = -1;
  int output_fd = -1;
  int status_fd = -1;   // where bwrap reports, and its number in the child
  int seccomp_fd = -1;
  pid_t parent = 0;
};

struct ChildFailure {
  const char* step = nullptr;  // nullptr: bwrap was started
  const char* path = nullptr;
  int error = 0;
};

// Returns the pid; when `failure.step` is set the child has been reaped and the pid is 0.
pid_t start_child(const ChildPlan& plan, ChildFailure& failure);

}  // namespace ao
