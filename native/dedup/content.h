// What a file holds, as a key that is equal only for files that may be one. Free of Node.
#pragma once

#include <functional>
#include <string>

#include "dedup/walk.h"

namespace ao {

// nullopt-like: an empty key means that the file changed or vanished since it was found.
// SHA-256 over the first block; cheap enough to tell most files of one size apart.
std::string head_key(const FoundFile& file);
// SHA-256 over the whole content and the extended attributes.
std::string full_key(const FoundFile& file, const std::function<void()>& check);
// True while the file is what it was when it was found.
bool unchanged(const FoundFile& file);

}  // namespace ao
