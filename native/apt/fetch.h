// Fetches .debs into the private archives folder; files of local sources are used where they lie.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apt/values.h"

namespace ao::apt {

// `on_file` is called on this thread as soon as one file is there and verified, while others are still coming.
// TS: fetch(wanted, locks, onFile, call): Promise<RawFetch>
FetchResult fetch(const std::vector<FetchWanted>& wanted, const FetchLocks& locks,
                  const std::function<void(const FetchedFile&)>& on_file, const Control& control);

}  // namespace ao::apt
