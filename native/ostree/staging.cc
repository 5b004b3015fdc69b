#include "ostree/staging.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <vector>

#include "ostree/remove_tree.h"

namespace ao {

namespace {

std::vector<std::string> staging_folders(int tmp) {
  std::vector<std::string> out;
  FdGuard fd(openat(tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw errno_error("reading the folder tmp of the repository", errno);
  DIR* dir = fdopendir(fd.release());
  if (!dir) throw errno_error("reading the folder tmp of the repository", errno);
  while (dirent* entry = readdir(dir)) {
    std::string name = entry->d_name;
    if (name.compare(0, 8, "staging-") == 0 && name.size() > 5 && name.substr(name.size() - 5) != "-lock") out.push_back(name);
  }
  closedir(dir);
  return out;
}

// The lock that libostree takes: an open-file-description lock on a file beside the folder, deleted before it ends.
FdGuard try_lock(int tmp, const std::string& file) {
  FdGuard fd(openat(tmp, file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) throw errno_error("locking " + file, errno);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  struct stat held, named;
  if (fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) return FdGuard();
  if (fstat(fd.get(), &held) != 0 || fstatat(tmp, file.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return FdGuard();
  return held.st_ino == named.st_ino ? std::move(fd) : FdGuard();
}

}  // namespace

void remove_abandoned_staging(OstreeRepo* repo) {
  FdGuard tmp(openat(ostree_repo_get_dfd(repo), "tmp", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!tmp) throw errno_error("opening the folder tmp of the repository", errno);
  for (const auto& name : staging_folders(tmp.get())) {
    auto lock = try_lock(tmp.get(), name + "-lock");
    if (!lock) continue;
    remove_entry(tmp.get(), name, nullptr);
    unlinkat(tmp.get(), (name + "-lock").c_str(), 0);
  }
}

}  // namespace ao
