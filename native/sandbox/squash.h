// Merges one layer folder into the one below it.
#pragma once

#include <string>

#include "common/cancel_token.h"

namespace ao {

// Afterwards `lower` alone, over any other layers, shows what `upper` over `lower` showed; `upper` is empty.
// Files are renamed, never copied: both are on one file system.
void squash_layers(const std::string& upper, const std::string& lower, const CancelToken& cancel);

}  // namespace ao
