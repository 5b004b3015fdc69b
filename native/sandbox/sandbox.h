// Runs one program on a stack of layers: overlayfs in a private mount namespace, bubblewrap inside it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/cancel_token.h"

namespace ao {

struct SandboxRequest {
  std::vector<std::string> lowers;  // topmost first
  std::string upper;
  std::string work;
  std::string merged;
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> env;
  std::string log;
  double timeout_seconds = 0;
  double output_limit = 0;
  std::vector<std::string> extra;
};

struct SandboxOutcome {
  int exit = -1;    // -1: a signal ended it
  int signal = 0;   // 0: it exited
  bool timed_out = false;
  bool output_truncated = false;
  double seconds = 0;
  std::string tail;
};

// Blocks until nothing of the sandbox is left: no process, no mount. Throws ERR_SANDBOX when the program could
// not be started, and cancelled_error() when the token was cancelled.
SandboxOutcome run_sandbox(const SandboxRequest& request, CancelToken& cancel);

}  // namespace ao
