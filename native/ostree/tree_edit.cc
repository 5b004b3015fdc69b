#include "ostree/tree_edit.h"

#include <sys/stat.h>

#include "ostree/content.h"

namespace ao {

namespace {

void count(WriteStats& stats, const Ingested& put) {
  ++(put.written ? stats.objects_written : stats.objects_reused);
}

GVariant* checksum_bytes(const Checksum& c) { return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, c.data(), c.size(), 1); }

}  // namespace

TreeEdit::TreeEdit(OstreeRepo* repo, const std::optional<std::string>& base, GCancellable* cancellable)
    : repo_(repo), cancellable_(cancellable) {
  if (base) {
    root_.ref = commit_root(repo, *base);
    root_.has_tree = true;
  } else {
    root_.loaded = true;
    root_.ref.meta = write_meta(DirMeta{}, {});
  }
}

TreeEdit::Dir& TreeEdit::load(Dir& dir) {
  if (dir.loaded) return dir;
  auto tree = DirTree::load(repo_, dir.ref.tree);
  for (size_t i = 0; i < tree.file_count(); ++i) {
    Node node;
    auto name = tree.file(i, node.file);
    dir.children.emplace(name, std::move(node));
  }
  for (size_t i = 0; i < tree.dir_count(); ++i) {
    Node node;
    node.dir = std::make_unique<Dir>();
    node.dir->has_tree = true;
    auto name = tree.dir(i, node.dir->ref);
    dir.children.emplace(name, std::move(node));
  }
  dir.loaded = true;
  return dir;
}

TreeEdit::Dir* TreeEdit::parent_of(std::string_view path, std::string_view& name, bool must_exist) {
  auto names = split_path(path);
  name = names.back();
  Dir* at = &load(root_);
  root_.has_tree = false;
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    auto child = at->children.find(names[i]);
    const bool missing = child == at->children.end();
    if (missing || !child->second.dir) {
      if (!must_exist) return nullptr;
      auto where = std::string(path.substr(0, size_t(names[i].data() + names[i].size() - path.data())));
      if (missing) throw NativeError("ERR_OSTREE_NOT_FOUND", "there is no directory " + where + " for " + std::string(path));
      throw NativeError("ERR_UNSAFE_PATH", where + " is not a directory, but " + std::string(path) + " lies below it");
    }
    at = &load(*child->second.dir);
    at->has_tree = false;
  }
  return at;
}

Checksum TreeEdit::write_meta(const DirMeta& meta, const std::vector<Xattr>& xattrs) {
  auto attributes = xattrs_variant(xattrs);
  if (!attributes) attributes = take_variant(g_variant_new_array(G_VARIANT_TYPE("(ayay)"), nullptr, 0));
  auto variant = take_variant(g_variant_new("(uuu@a(ayay))", GUINT32_TO_BE(meta.uid), GUINT32_TO_BE(meta.gid),
                                            GUINT32_TO_BE(meta.mode | S_IFDIR), attributes.get()));
  std::string key(static_cast<const char*>(g_variant_get_data(variant.get())), g_variant_get_size(variant.get()));
  if (auto known = metas_.find(key); known != metas_.end()) return known->second;
  auto put = put_metadata(repo_, OSTREE_OBJECT_TYPE_DIR_META, variant.get(), cancellable_);
  count(meta_stats_, put);
  metas_.emplace(std::move(key), put.checksum);
  return put.checksum;
}

void TreeEdit::set_dir(const std::string& path, const DirMeta& meta, const std::vector<Xattr>& xattrs) {
  auto checksum = write_meta(meta, xattrs);
  if (path == "/") {
    root_.ref.meta = checksum;
    return;
  }
  std::string_view name;
  Dir& parent = *parent_of(path, name, true);
  Node& node = parent.children[std::string(name)];
  if (!node.dir) {
    node.dir = std::make_unique<Dir>();
    node.dir->loaded = true;
  }
  node.dir->ref.meta = checksum;
}

void TreeEdit::set_file(const std::string& path, const Checksum& object) {
  std::string_view name;
  Dir& parent = *parent_of(path, name, true);
  Node& node = parent.children[std::string(name)];
  node.dir.reset();
  node.file = object;
}

void TreeEdit::remove(const std::string& path) {
  std::string_view name;
  Dir* parent = parent_of(path, name, false);
  if (!parent) return;
  if (auto found = parent->children.find(name); found != parent->children.end()) parent->children.erase(found);
}

void TreeEdit::move(const std::string& from, const std::string& to) {
  if (from == to || to.compare(0, from.size() + 1, from + "/") == 0)
    throw NativeError("ERR_UNSAFE_PATH", from + " cannot be moved to " + to + ", which lies in it");
  std::string_view name;
  Dir* source = parent_of(from, name, true);
  auto found = source->children.find(name);
  if (found == source->children.end())
    throw NativeError("ERR_OSTREE_NOT_FOUND", "there is no " + from + " that could be moved to " + to);
  Node node = std::move(found->second);
  source->children.erase(found);
  // After the source is gone: what it stood for cannot be a parent of `to` any more.
  std::string_view target;
  parent_of(to, target, true)->children[std::string(target)] = std::move(node);
}

void TreeEdit::write_dir(Dir& dir, WriteStats& stats) {
  if (dir.has_tree) return;
  check_cancelled(cancellable_);
  load(dir);
  GVariantBuilder files, dirs;
  g_variant_builder_init(&files, G_VARIANT_TYPE("a(say)"));
  g_variant_builder_init(&dirs, G_VARIANT_TYPE("a(sayay)"));
  try {
    for (auto& [name, node] : dir.children) {
      if (!node.dir) {
        g_variant_builder_add(&files, "(s@ay)", name.c_str(), checksum_bytes(node.file));
        continue;
      }
      write_dir(*node.dir, stats);
      g_variant_builder_add(&dirs, "(s@ay@ay)", name.c_str(), checksum_bytes(node.dir->ref.tree),
                            checksum_bytes(node.dir->ref.meta));
    }
  } catch (...) {
    g_variant_builder_clear(&files);
    g_variant_builder_clear(&dirs);
    throw;
  }
  auto variant = take_variant(
      g_variant_new("(@a(say)@a(sayay))", g_variant_builder_end(&files), g_variant_builder_end(&dirs)));
  auto put = put_metadata(repo_, OSTREE_OBJECT_TYPE_DIR_TREE, variant.get(), cancellable_);
  count(stats, put);
  dir.ref.tree = put.checksum;
  dir.has_tree = true;
}

DirRef TreeEdit::write(WriteStats& stats) {
  write_dir(root_, stats);
  stats.objects_written += meta_stats_.objects_written;
  stats.objects_reused += meta_stats_.objects_reused;
  meta_stats_ = {};
  return root_.ref;
}

}  // namespace ao
