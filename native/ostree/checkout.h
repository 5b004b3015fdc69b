// Writes a commit's tree into a new folder. Free of Node.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "ostree/glib.h"

namespace ao {

struct CheckoutStats {
  uint64_t files = 0;
  uint64_t bytes_copied = 0;
};

// `hardlinks` (bare repositories only): files are the objects themselves and must never be written to. Else nothing
// shares an inode with the repository. What was written of a checkout that fails is deleted.
CheckoutStats checkout(OstreeRepo* repo, const std::string& commit, const std::string& subpath, const std::string& folder,
                       bool hardlinks, const std::function<void(double)>& progress, GCancellable* cancellable);

}  // namespace ao
