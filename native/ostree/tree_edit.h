// A commit's tree that is changed in memory: a directory is loaded when a change leads through it, and written
// again only when something in it changed. Nothing else of the base is read. Free of Node.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ostree/dirtree.h"
#include "ostree/repo_state.h"
#include "ostree/xattrs.h"

namespace ao {

class TreeEdit {
 public:
  // Nullopt: an empty root.
  TreeEdit(OstreeRepo* repo, const std::optional<std::string>& base, GCancellable* cancellable);

  // Parents must be directories; none is made silently.
  void set_dir(const std::string& path, const DirMeta& meta, const std::vector<Xattr>& xattrs);
  void set_file(const std::string& path, const Checksum& object);
  // Nothing need stand there.
  void remove(const std::string& path);
  // Something must stand at `from`, and `to` must not lie in it.
  void move(const std::string& from, const std::string& to);

  // Writes what changed; adds to `stats`.
  DirRef write(WriteStats& stats);

 private:
  struct Dir;
  struct Node {
    Checksum file{};
    std::unique_ptr<Dir> dir;  // null: a file
  };
  using Children = std::map<std::string, Node, std::less<>>;
  struct Dir {
    DirRef ref{};
    bool has_tree = false;  // ref.tree is valid: nothing below changed
    bool loaded = false;    // children holds all entries
    Children children;
  };
  Dir& load(Dir& dir);
  // The directory that `path` is an entry of, marked as changed. Null where it is missing and `must_exist` is false.
  Dir* parent_of(std::string_view path, std::string_view& name, bool must_exist);
  Checksum write_meta(const DirMeta& meta, const std::vector<Xattr>& xattrs);
  void write_dir(Dir& dir, WriteStats& stats);

  OstreeRepo* repo_;
  GCancellable* cancellable_;
  Dir root_;
  WriteStats meta_stats_;
  std::map<std::string, Checksum> metas_;
};

}  // namespace ao
