// Which names a package has placed so far. Directories may come twice, anything else once.
#pragma once

#include <string>
#include <unordered_map>

namespace ao::deb {

class PayloadTree {
 public:
  // True when an earlier entry has not placed the directory yet. Throws ERR_DEB_FORMAT where something else stands.
  bool add_dir(const std::string& canonical);
  // A file, symlink or hardlink; `entry` is its number in the list. Throws ERR_DEB_FORMAT when the name is taken.
  void add_leaf(const std::string& canonical, size_t entry, bool regular);
  // Number of the regular file of this name, or -1.
  long regular_file(const std::string& canonical) const;

 private:
  struct Node {
    enum Kind { implied, dir, regular, other } kind;
    size_t entry;
  };
  void add_parents(const std::string& canonical);

  std::unordered_map<std::string, Node> nodes_;
};

}  // namespace ao::deb
