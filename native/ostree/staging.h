// libostree keeps the objects of an aborted transaction for the next one. Free of Node.
#pragma once

#include "ostree/glib.h"

namespace ao {

// Deletes the staged objects of transactions that no process holds.
void remove_abandoned_staging(OstreeRepo* repo);

}  // namespace ao
