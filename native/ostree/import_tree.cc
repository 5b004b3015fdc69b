#include "ostree/import_tree.h"

#include <sys/stat.h>

#include <map>
#include <tuple>
#include <unordered_map>

#include "deb/manifest.h"

namespace ao {

namespace {

class TreeBuilder {
 public:
  TreeBuilder(OstreeRepo* repo, GCancellable* cancellable) : repo_(repo), cancellable_(cancellable) {
    auto root = GRef<OstreeMutableTree>::take(ostree_mutable_tree_new());
    ostree_mutable_tree_set_metadata_checksum(root.get(), dirmeta(0755, 0, 0).c_str());
    dirs_.emplace("", std::move(root));
  }

  // `path` is relative to the root of the commit. Parents that are not there yet are 0755 root:root.
  void set_dir(const std::string& path, uint32_t mode, uint32_t uid, uint32_t gid) {
    ostree_mutable_tree_set_metadata_checksum(dir(path), dirmeta(mode, uid, gid).c_str());
  }

  void set_file(const std::string& path, const std::string& checksum) {
    auto slash = path.rfind('/');
    auto* parent = dir(slash == path.npos ? "" : path.substr(0, slash));
    auto name = slash == path.npos ? path : path.substr(slash + 1);
    GErr error;
    error.check(ostree_mutable_tree_replace_file(parent, name.c_str(), checksum.c_str(), error.out()),
                "adding a file to the tree");
  }

  GPtr<GFile> write() {
    GErr error;
    GPtr<GFile> root;
    error.check(ostree_repo_write_mtree(repo_, dir(""), OutPtr(root), cancellable_, error.out()), "writing the tree");
    return root;
  }

 private:
  OstreeMutableTree* dir(const std::string& path) {
    auto at = dirs_.find(path);
    if (at != dirs_.end()) return at->second.get();
    auto slash = path.rfind('/');
    auto* parent = dir(slash == path.npos ? "" : path.substr(0, slash));
    auto name = slash == path.npos ? path : path.substr(slash + 1);
    GErr error;
    OstreeMutableTree* made = nullptr;
    error.check(ostree_mutable_tree_ensure_dir(parent, name.c_str(), &made, error.out()),
                "adding a directory to the tree");
    ostree_mutable_tree_set_metadata_checksum(made, dirmeta(0755, 0, 0).c_str());
    return dirs_.emplace(path, GRef<OstreeMutableTree>::take(made)).first->second.get();
  }

  const std::string& dirmeta(uint32_t mode, uint32_t uid, uint32_t gid) {
    auto& checksum = dirmetas_[{mode, uid, gid}];
    if (!checksum.empty()) return checksum;
    auto meta = take_variant(g_variant_new("(uuu@a(ayay))", GUINT32_TO_BE(uid), GUINT32_TO_BE(gid),
                                           GUINT32_TO_BE(S_IFDIR | mode),
                                           g_variant_new_array(G_VARIANT_TYPE("(ayay)"), nullptr, 0)));
    GErr error;
    GPtr<guchar> raw;
    error.check(ostree_repo_write_metadata(repo_, OSTREE_OBJECT_TYPE_DIR_META, nullptr, meta.get(), OutPtr(raw),
                                           cancellable_, error.out()),
                "writing the metadata of a directory");
    checksum = GStr(ostree_checksum_from_bytes(raw.get())).get();
    return checksum;
  }

  OstreeRepo* repo_;
  GCancellable* cancellable_;
  std::unordered_map<std::string, GRef<OstreeMutableTree>> dirs_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, std::string> dirmetas_;
};

}  // namespace

GPtr<GFile> write_package_tree(OstreeRepo* repo, const deb::Package& package, ImportStore& store,
                               GCancellable* cancellable) {
  TreeBuilder tree(repo, cancellable);
  auto manifest = deb::manifest_json(package);
  tree.set_file("manifest", store.file({0644, 0, 0, manifest.size()}, manifest));
  for (const auto& member : package.control.members) tree.set_file("control/" + member.name, member.checksum);
  tree.set_dir("data", 0755, 0, 0);
  for (const auto& e : package.payload.entries) {
    auto path = e.canonical.empty() ? "data" : "data/" + e.canonical;
    if (e.type != 'd')
      tree.set_file(path, e.checksum);
    else if (e.placed)
      tree.set_dir(path, e.mode, e.uid, e.gid);
  }
  return tree.write();
}

}  // namespace ao
