// Deletes folders without following links or leaving the file system they are on. Free of Node.
#pragma once

#include <string>

#include "ostree/glib.h"

namespace ao {

// The entry `name` of the folder `dir` with everything below it; nothing need be there.
// Throws ERR_UNSAFE_PATH for a mount point below, which is left as it is.
void remove_entry(int dir, const std::string& name, GCancellable* cancellable);
// `path` is absolute and canonical, and lies at least two levels below the root; else ERR_UNSAFE_PATH.
void remove_tree(const std::string& path, GCancellable* cancellable);

}  // namespace ao
