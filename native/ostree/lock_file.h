// Exclusive locks between processes. Free of Node.
#pragma once

#include <string>

#include "ostree/glib.h"

namespace ao {

// An invalid guard when another holds the lock. Programs that this process starts do not inherit it.
FdGuard try_lock(const std::string& file);

}  // namespace ao
