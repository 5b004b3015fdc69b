// Descriptors of folders below one root, opened name by name without following links. Free of Node.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ostree/glib.h"

namespace ao {

class FolderWalk {
 public:
  explicit FolderWalk(FdGuard root) : root_(std::move(root)) {}

  // The folder that holds the entry `path` ("/a/b" -> "/a"), valid until the next call. Throws
  // ERR_OSTREE_NOT_FOUND where a folder is missing, ERR_UNSAFE_PATH where something else stands in its place.
  int parent_of(const std::string& path, std::string& name);
  // Folders that the entry lies in, as far as the last call of `parent_of` opened them.
  std::vector<int> chain() const;

 private:
  struct Open {
    std::string name;
    FdGuard fd;
  };
  FdGuard root_;
  std::vector<Open> open_;
};

}  // namespace ao
