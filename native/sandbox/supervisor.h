// Watches a running sandbox until nothing of it is left.
#pragma once

#include <optional>
#include <string>

#include "common/cancel_token.h"
#include "sandbox/child.h"
#include "sandbox/output.h"

namespace ao {

struct Ended {
  bool timed_out = false;
  bool cancelled = false;
  int wait_status = 0;               // of bwrap itself
  std::optional<int> exit_code;      // of the program, when bwrap got as far as starting it
};

// `bwrap` is the first process of a pid namespace: when it is gone, so are all others and their mounts.
// `output` and `status` are the reading ends (non-blocking) of the pipes given to it.
Ended supervise(Child bwrap, int output, int status, Output& log, double timeout_seconds, CancelToken& cancel);

}  // namespace ao
