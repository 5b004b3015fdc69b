// Makes changes real in a layer folder. Free of Node.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ostree/changes.h"
#include "ostree/glib.h"

namespace ao {

// `overlay`: the folder is a layer of overlayfs: `remove` leaves a whiteout, and a folder that takes the place of
// something else is opaque. Returns the number of hardlinks made.
uint64_t materialize(OstreeRepo* repo, const std::string& folder, const std::vector<Change>& changes, bool overlay,
                     GCancellable* cancellable);

}  // namespace ao
