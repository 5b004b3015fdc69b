#include "ostree/dirtree.h"

namespace ao {

namespace {

Checksum bytes_of(GVariant* ay) {
  gsize n;
  auto data = static_cast<const unsigned char*>(g_variant_get_fixed_array(ay, &n, 1));
  if (n != 32) throw NativeError("ERR_OSTREE", "a checksum of a directory object is damaged");
  Checksum c;
  memcpy(c.data(), data, 32);
  return c;
}

GVar load(OstreeRepo* repo, OstreeObjectType type, const Checksum& checksum) {
  GErr error;
  GVar variant;
  auto hex = to_hex(checksum);
  error.check(ostree_repo_load_variant(repo, type, hex.c_str(), OutPtr(variant), error.out()),
              "reading the directory object " + hex);
  // A damaged object could otherwise answer with default values.
  if (!g_variant_is_normal_form(variant.get()))
    throw NativeError("ERR_OSTREE", "the directory object " + hex + " is damaged");
  return variant;
}

std::string_view name_of(GVariant* entry) {
  const char* name;
  g_variant_get_child(entry, 0, "&s", &name);
  // A name that is a path would lead a checkout outside of its folder.
  if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
    throw NativeError("ERR_UNSAFE_PATH", std::string("a directory object holds the name \"") + name + "\"");
  return name;
}

Checksum checksum_at(GVariant* entry, gsize i) {
  GVar ay(g_variant_get_child_value(entry, i));
  return bytes_of(ay.get());
}

// Index of `name` in the array of tuples that begin with a name, or -1.
gssize search(GVariant* array, std::string_view name) {
  gsize low = 0, high = g_variant_n_children(array);
  while (low < high) {
    gsize mid = low + (high - low) / 2;
    GVar entry(g_variant_get_child_value(array, mid));
    const char* here;
    g_variant_get_child(entry.get(), 0, "&s", &here);
    int order = name.compare(here);
    if (order == 0) return gssize(mid);
    if (order < 0)
      high = mid;
    else
      low = mid + 1;
  }
  return -1;
}

}  // namespace

DirTree DirTree::load(OstreeRepo* repo, const Checksum& checksum) {
  DirTree t;
  t.tree_ = ao::load(repo, OSTREE_OBJECT_TYPE_DIR_TREE, checksum);
  t.files_ = GVar(g_variant_get_child_value(t.tree_.get(), 0));
  t.dirs_ = GVar(g_variant_get_child_value(t.tree_.get(), 1));
  return t;
}

std::string_view DirTree::file(size_t i, Checksum& content) const {
  GVar entry(g_variant_get_child_value(files_.get(), i));
  content = checksum_at(entry.get(), 1);
  return name_of(entry.get());
}

std::string_view DirTree::dir(size_t i, DirRef& ref) const {
  GVar entry(g_variant_get_child_value(dirs_.get(), i));
  ref.tree = checksum_at(entry.get(), 1);
  ref.meta = checksum_at(entry.get(), 2);
  return name_of(entry.get());
}

bool DirTree::find_file(std::string_view name, Checksum& content) const {
  auto i = search(files_.get(), name);
  if (i < 0) return false;
  file(size_t(i), content);
  return true;
}

bool DirTree::find_dir(std::string_view name, DirRef& ref) const {
  auto i = search(dirs_.get(), name);
  if (i < 0) return false;
  dir(size_t(i), ref);
  return true;
}

DirMeta load_dirmeta(OstreeRepo* repo, const Checksum& checksum) {
  auto variant = load(repo, OSTREE_OBJECT_TYPE_DIR_META, checksum);
  guint32 uid, gid, mode;
  g_variant_get(variant.get(), "(uuu@a(ayay))", &uid, &gid, &mode, nullptr);
  return DirMeta{GUINT32_FROM_BE(mode) & 07777, GUINT32_FROM_BE(uid), GUINT32_FROM_BE(gid)};
}

std::vector<Xattr> load_dir_xattrs(OstreeRepo* repo, const Checksum& checksum) {
  auto variant = load(repo, OSTREE_OBJECT_TYPE_DIR_META, checksum);
  GVar xattrs(g_variant_get_child_value(variant.get(), 3));
  return xattrs_of(xattrs.get());
}

DirRef commit_root(OstreeRepo* repo, const std::string& commit) {
  GErr error;
  GVar variant;
  error.check(ostree_repo_load_commit(repo, commit.c_str(), OutPtr(variant), nullptr, error.out()),
              "reading the commit " + commit);
  return DirRef{checksum_at(variant.get(), 6), checksum_at(variant.get(), 7)};
}

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> names;
  if (path == "/") return names;
  auto refuse = [&] { throw NativeError("ERR_UNSAFE_PATH", "not an absolute, canonical path: " + std::string(path)); };
  if (path.empty() || path[0] != '/') refuse();
  for (size_t at = 1; at <= path.size();) {
    auto end = std::min(path.find('/', at), path.size());
    auto name = path.substr(at, end - at);
    if (name.empty() || name == "." || name == "..") refuse();
    names.push_back(name);
    at = end + 1;
  }
  return names;
}

}  // namespace ao
