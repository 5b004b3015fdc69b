// The changes list that `lib/native/changes.ts` packs. Free of Node.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ostree/checksum.h"

namespace ao {

struct Change {
  enum class Op { kDir, kObject, kFile, kRemove, kMove };
  Op op;
  std::string path;
  std::string from;  // kFile, kMove; kDir: where its extended attributes are, or empty
  Checksum object{};
  uint32_t mode = 0, uid = 0, gid = 0;
};

// Throws ERR_INTERNAL for a list that is not well formed, ERR_UNSAFE_PATH for a path that is not canonical.
std::vector<Change> parse_changes(std::string_view packed);

}  // namespace ao
