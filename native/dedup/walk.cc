#include "dedup/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <set>

#include "common/error.h"

namespace ao {

namespace {

struct CloseDir {
  void operator()(DIR* d) const { closedir(d); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

class Walker {
 public:
  Walker(std::vector<FoundFile>& out, const std::function<void()>& check) : out_(out), check_(check) {}

  void walk(int parent, const char* name, const std::string& path, int flags) {
    check_();
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    if (fd < 0) throw errno_error("opening the folder " + path, errno);
    Dir dir(fdopendir(fd));
    if (!dir) {
      int err = errno;
      close(fd);
      throw errno_error("listing the folder " + path, err);
    }
    struct stat self;
    if (fstat(fd, &self) != 0) throw errno_error("reading the folder " + path, errno);
    // The same folder can be given twice, or lie below another one that is given.
    if (!seen_.insert({self.st_dev, self.st_ino}).second) return;
    std::vector<std::string> below;
    for (errno = 0; dirent* entry = readdir(dir.get()); errno = 0) {
      std::string child = entry->d_name;
      if (child == "." || child == "..") continue;
      struct stat info;
      if (fstatat(fd, child.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;
        throw errno_error("reading " + path + "/" + child, errno);
      }
      if (S_ISDIR(info.st_mode)) below.push_back(child);
      if (S_ISREG(info.st_mode) && info.st_size > 0) out_.push_back({path + "/" + child, info});
    }
    if (errno != 0) throw errno_error("listing the folder " + path, errno);
    for (const auto& child : below) walk(fd, child.c_str(), path + "/" + child, O_NOFOLLOW);
  }

 private:
  std::vector<FoundFile>& out_;
  const std::function<void()>& check_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

std::vector<FoundFile> find_files(const std::vector<std::string>& dirs, const std::function<void()>& check) {
  std::vector<FoundFile> out;
  Walker walker(out, check);
  for (const auto& dir : dirs) walker.walk(AT_FDCWD, dir.c_str(), dir == "/" ? "" : dir, 0);
  return out;
}

}  // namespace ao
