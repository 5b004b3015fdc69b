// A control group that limits the number of processes of one sandbox, where this machine lets us make one.
#pragma once

#include <string>

#include "sandbox/fd.h"

namespace ao {

// Best effort on purpose: where our own group can have no children, time is the only limit of a fork bomb. A group
// elsewhere is no way out: the program would leave the limits that were set for the service that runs us.
class ProcessGroup {
 public:
  ProcessGroup();
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  // A process enters by writing "0" here; -1 without a group.
  int entrance() const { return procs_.get(); }

 private:
  std::string path_;
  UniqueFd procs_;
};

}  // namespace ao
