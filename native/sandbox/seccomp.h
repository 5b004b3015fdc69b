// The system call filter of the sandbox.
#pragma once

#include <linux/filter.h>

#include <vector>

namespace ao {

// Capabilities already forbid most of what harms the host; this closes what root may do without any: a user
// namespace (which gives all capabilities back, inside), keyrings of the host, bpf, perf, io_uring, TIOCSTI.
std::vector<sock_filter> seccomp_program();

}  // namespace ao
