#include "ostree/tree_reader.h"

namespace ao {

TreeReader::TreeReader(OstreeRepo* repo, const std::string& commit, GCancellable* cancellable)
    : repo_(repo), cancellable_(cancellable) {
  root_.ref = commit_root(repo, commit);
}

const DirTree& TreeReader::tree_of(Dir& dir) {
  if (!dir.tree) dir.tree = DirTree::load(repo_, dir.ref.tree);
  return *dir.tree;
}

const DirMeta& TreeReader::meta_of(const Checksum& checksum) {
  auto found = metas_.find(checksum);
  if (found == metas_.end()) found = metas_.emplace(checksum, load_dirmeta(repo_, checksum)).first;
  return found->second;
}

NodeFile TreeReader::file_node(const Checksum& checksum) {
  auto hex = to_hex(checksum);
  return NodeFile{stat_object(repo_, hex), hex};
}

TreeReader::Found TreeReader::find(const std::string& path) {
  auto names = split_path(path);
  Dir* at = &root_;
  for (size_t i = 0; i < names.size(); ++i) {
    auto name = names[i];
    if (auto child = at->children.find(name); child != at->children.end()) {
      at = child->second.get();
      continue;
    }
    const DirTree& tree = tree_of(*at);
    DirRef ref;
    if (tree.find_dir(name, ref)) {
      auto child = std::make_unique<Dir>();
      child->ref = ref;
      at = at->children.emplace(std::string(name), std::move(child)).first->second.get();
      continue;
    }
    Found found;
    Checksum content;
    if (!tree.find_file(name, content)) return found;
    found.file = content;
    if (i + 1 < names.size()) found.blocked_at = path.substr(0, size_t(name.data() + name.size() - path.data()));
    return found;
  }
  Found found;
  found.dir = at;
  return found;
}

TreeNode TreeReader::lookup(const std::string& path) {
  auto found = find(path);
  if (found.dir) return NodeDir{meta_of(found.dir->ref.meta)};
  if (!found.file) return std::monostate{};
  auto node = file_node(*found.file);
  if (found.blocked_at.empty()) return node;
  return NodeBlocked{found.blocked_at, node.stat.target};
}

std::optional<std::string> TreeReader::object_at(const std::string& path) {
  auto found = find(path);
  if (!found.file || !found.blocked_at.empty()) return std::nullopt;
  return to_hex(*found.file);
}

void TreeReader::list(const std::string& path, int64_t depth,
                      const std::function<void(const std::string&, const TreeNode&)>& emit) {
  auto found = find(path);
  if (found.dir && depth > 0) list_dir(found.dir->ref, path == "/" ? "/" : path + "/", depth, emit);
}

void TreeReader::list_dir(const DirRef& ref, const std::string& prefix, int64_t depth,
                          const std::function<void(const std::string&, const TreeNode&)>& emit) {
  check_cancelled(cancellable_);
  auto tree = DirTree::load(repo_, ref.tree);
  size_t f = 0, d = 0;
  const size_t files = tree.file_count(), dirs = tree.dir_count();
  Checksum content;
  DirRef sub;
  std::string_view file = files ? tree.file(0, content) : std::string_view();
  std::string_view dir = dirs ? tree.dir(0, sub) : std::string_view();
  while (f < files || d < dirs) {
    if (d == dirs || (f < files && file < dir)) {
      emit(prefix + std::string(file), file_node(content));
      if (++f < files) file = tree.file(f, content);
    } else {
      auto path = prefix + std::string(dir);
      emit(path, NodeDir{meta_of(sub.meta)});
      if (depth > 1) list_dir(sub, path + "/", depth - 1, emit);
      if (++d < dirs) dir = tree.dir(d, sub);
    }
  }
}

}  // namespace ao
