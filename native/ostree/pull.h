// Copies commits between repositories of this machine. Free of Node.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ostree/repo_state.h"

namespace ao {

// Refs (or checksums) of the repository at `source` with all that they reach, whatever the modes of the two; the
// refs are set in the target. Joins an open transaction.
WriteStats pull_local(RepoUse& target, const std::string& source, const std::vector<std::string>& refs,
                      GCancellable* cancellable);

}  // namespace ao
