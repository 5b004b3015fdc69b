// The command line of bubblewrap and the options of the overlay mount, as plain strings.
#pragma once

#include <string>
#include <vector>

#include "sandbox/sandbox.h"

namespace ao {

// The kernel's limit (OVL_MAX_STACK).
constexpr size_t kMaxLowers = 500;
// Legacy mount(2) takes one page of options; symlinks this short keep 500 layers within it.
std::string layer_name(size_t index);
std::string overlay_options(size_t lowers, bool is_volatile);

// `var_tmp`: the tree has a /var/tmp to cover. Descriptors are those of the child.
std::vector<std::string> bwrap_arguments(const SandboxRequest& request, int status_fd, int seccomp_fd, bool var_tmp);

}  // namespace ao
