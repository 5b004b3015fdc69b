// The steps between clone and exec. The child shares the parent's memory while the parent's thread waits
// (CLONE_VM | CLONE_VFORK), so it starts at once however large the process is, and may only make system calls.
//
// It is the first process of a pid namespace around that of bwrap. Whatever kills it kills everything in the sandbox,
// at any moment: bwrap's own child would outlive it if it died before that child has asked for its parent's death
// signal. And it is not gone before all the others are.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sandbox/fd.h"

namespace ao {

// Most processes and threads that a script may have at once; TeX and compilers need dozens.
constexpr char kMostProcesses[] = "4096";

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
  int null_fd = -1;
  int output_fd = -1;
  int status_fd = -1;   // where bwrap reports, and its number in the child
  int seccomp_fd = -1;
  int parent_fd = -1;   // pidfd of this process
  bool counts_processes = false;  // the kernel limits the processes of each pid namespace
};

struct ChildFailure {
  const char* step = nullptr;  // nullptr: bwrap was started
  const char* path = nullptr;
  int error = 0;
};

struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;
};

// When `failure.step` is set there is no child any more and its pid is 0.
Child start_child(const ChildPlan& plan, ChildFailure& failure);

}  // namespace ao
