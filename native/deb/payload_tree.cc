#include "deb/payload_tree.h"

#include "deb/fail.h"

namespace ao::deb {

void PayloadTree::add_parents(const std::string& canonical) {
  // From the deepest: where a directory is known, all above it are.
  for (size_t end = canonical.rfind('/'); end != canonical.npos && end > 0; end = canonical.rfind('/', end - 1)) {
    auto [at, fresh] = nodes_.try_emplace(canonical.substr(0, end), Node{Node::implied, 0});
    if (at->second.kind >= Node::regular)
      throw damaged("/" + shown(canonical) + " lies below /" + shown(at->first) + ", which is not a directory");
    if (!fresh) return;
  }
}

bool PayloadTree::add_dir(const std::string& canonical) {
  add_parents(canonical);
  auto [at, fresh] = nodes_.try_emplace(canonical, Node{Node::dir, 0});
  auto& kind = at->second.kind;
  if (kind >= Node::regular) throw damaged("/" + shown(canonical) + " is a directory and something else as well");
  bool first = fresh || kind == Node::implied;
  kind = Node::dir;
  return first;
}

void PayloadTree::add_leaf(const std::string& canonical, size_t entry, bool regular) {
  add_parents(canonical);
  bool fresh = nodes_.try_emplace(canonical, Node{regular ? Node::regular : Node::other, entry}).second;
  if (!fresh) throw damaged("/" + shown(canonical) + " stands in the archive twice");
}

long PayloadTree::regular_file(const std::string& canonical) const {
  auto at = nodes_.find(canonical);
  return at != nodes_.end() && at->second.kind == Node::regular ? static_cast<long>(at->second.entry) : -1;
}

}  // namespace ao::deb
