// Looks at the tree of a commit. Directories stay loaded for the life of the reader. Free of Node.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ostree/dirtree.h"
#include "ostree/object_file.h"

namespace ao {

struct NodeDir {
  DirMeta meta;
};
struct NodeFile {
  ObjectStat stat;
  std::string checksum;
};
// A component of the path before its last one is not a directory.
struct NodeBlocked {
  std::string at;
  std::string target;  // empty unless a symlink
};
using TreeNode = std::variant<std::monostate, NodeDir, NodeFile, NodeBlocked>;

class TreeReader {
 public:
  TreeReader(OstreeRepo* repo, const std::string& commit, GCancellable* cancellable);

  TreeNode lookup(const std::string& path);
  // Everything below a directory, parents first, names in byte order; nothing when there is no directory.
  void list(const std::string& path, int64_t depth, const std::function<void(const std::string&, const TreeNode&)>& emit);
  // The object of a regular file or symlink that stands at `path`.
  std::optional<std::string> object_at(const std::string& path);

 private:
  struct Dir {
    DirRef ref;
    std::optional<DirTree> tree;
    std::map<std::string, std::unique_ptr<Dir>, std::less<>> children;
  };
  struct Found {
    Dir* dir = nullptr;
    std::optional<Checksum> file;
    std::string blocked_at;
  };
  const DirTree& tree_of(Dir& dir);
  Found find(const std::string& path);
  const DirMeta& meta_of(const Checksum& checksum);
  NodeFile file_node(const Checksum& checksum);
  void list_dir(const DirRef& ref, const std::string& prefix, int64_t depth,
                const std::function<void(const std::string&, const TreeNode&)>& emit);

  OstreeRepo* repo_;
  GCancellable* cancellable_;
  Dir root_;
  std::map<Checksum, DirMeta> metas_;
};

}  // namespace ao
