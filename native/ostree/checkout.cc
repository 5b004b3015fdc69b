#include "ostree/checkout.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <map>

#include "ostree/dirtree.h"
#include "ostree/place.h"
#include "ostree/remove_tree.h"

namespace ao {

namespace {

struct Meta {
  DirMeta meta;
  std::vector<Xattr> xattrs;
};

class Checkout {
 public:
  Checkout(OstreeRepo* repo, bool hardlinks, const std::function<void(double)>& progress, GCancellable* cancellable)
      : repo_(repo), hardlinks_(hardlinks), progress_(progress), cancellable_(cancellable) {}

  // Fills the new and empty folder `fd`.
  void fill(int fd, const DirRef& ref, const std::string& what) {
    check_cancelled(cancellable_);
    auto tree = DirTree::load(repo_, ref.tree);
    Checksum object;
    for (size_t i = 0; i < tree.file_count(); ++i) {
      std::string name(tree.file(i, object));
      put_file(fd, name, to_hex(object));
    }
    DirRef sub;
    for (size_t i = 0; i < tree.dir_count(); ++i) {
      std::string name(tree.dir(i, sub));
      if (mkdirat(fd, name.c_str(), 0700) != 0) throw errno_error("making the folder " + name, errno);
      FdGuard child(openat(fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!child) throw errno_error("opening the folder " + name, errno);
      fill(child.get(), sub, name);
    }
    const Meta& meta = meta_of(ref.meta);
    set_folder(fd, meta.meta, meta.xattrs, what);
    zero_time(fd);
  }

  const CheckoutStats& stats() const { return stats_; }

 private:
  void put_file(int dir, const std::string& name, const std::string& checksum) {
    if (!hardlinks_ || !link_object(repo_, checksum, dir, name))
      stats_.bytes_copied += copy_object(repo_, checksum, dir, name, cancellable_);
    if (++stats_.files % 256 == 0) {
      check_cancelled(cancellable_);
      progress_(double(stats_.files));
    }
  }

  const Meta& meta_of(const Checksum& checksum) {
    auto known = metas_.find(checksum);
    if (known == metas_.end()) {
      Meta meta{load_dirmeta(repo_, checksum), load_dir_xattrs(repo_, checksum)};
      known = metas_.emplace(checksum, std::move(meta)).first;
    }
    return known->second;
  }

  OstreeRepo* repo_;
  bool hardlinks_;
  const std::function<void(double)>& progress_;
  GCancellable* cancellable_;
  CheckoutStats stats_;
  std::map<Checksum, Meta> metas_;
};

DirRef find_dir(OstreeRepo* repo, const std::string& commit, const std::string& subpath) {
  auto at = commit_root(repo, commit);
  for (auto name : split_path(subpath)) {
    auto tree = DirTree::load(repo, at.tree);
    if (!tree.find_dir(name, at))
      throw NativeError("ERR_OSTREE_NOT_FOUND", "the commit " + commit + " has no folder " + subpath);
  }
  return at;
}

void require_same_file_system(OstreeRepo* repo, int fd) {
  struct stat here, objects;
  if (fstat(fd, &here) != 0 || fstatat(ostree_repo_get_dfd(repo), "objects", &objects, 0) != 0)
    throw errno_error("comparing file systems", errno);
  if (here.st_dev != objects.st_dev)
    throw NativeError("ERR_SYSTEM", "hardlinks need a folder on the file system of the repository");
}

// The folder that this checkout made itself.
void remove_made(int fd, std::string folder) {
  while (folder.back() == '/') folder.pop_back();
  auto slash = folder.rfind('/');
  FdGuard parent(openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!parent) throw errno_error("deleting " + folder, errno);
  remove_entry(parent.get(), slash == std::string::npos ? folder : folder.substr(slash + 1), nullptr);
}

}  // namespace

CheckoutStats checkout(OstreeRepo* repo, const std::string& commit, const std::string& subpath, const std::string& folder,
                       bool hardlinks, const std::function<void(double)>& progress, GCancellable* cancellable) {
  if (hardlinks && ostree_repo_get_mode(repo) != OSTREE_REPO_MODE_BARE)
    throw NativeError("ERR_REPO_MODE", "a checkout of hardlinks needs a repository of the mode bare");
  auto ref = find_dir(repo, commit, subpath);
  if (mkdir(folder.c_str(), 0700) != 0) throw errno_error("making the folder " + folder, errno);
  FdGuard fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw errno_error("opening the folder " + folder, errno);
  Checkout job(repo, hardlinks, progress, cancellable);
  try {
    if (hardlinks) require_same_file_system(repo, fd.get());
    job.fill(fd.get(), ref, folder);
  } catch (...) {
    remove_made(fd.get(), folder);
    throw;
  }
  return job.stats();
}

}  // namespace ao
