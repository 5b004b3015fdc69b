#include "ostree/folder_walk.h"

#include <fcntl.h>

#include "ostree/dirtree.h"

namespace ao {

int FolderWalk::parent_of(const std::string& path, std::string& name) {
  auto names = split_path(path);
  name = std::string(names.back());
  names.pop_back();
  size_t same = 0;
  while (same < names.size() && same < open_.size() && open_[same].name == names[same]) ++same;
  open_.resize(same);
  for (size_t i = same; i < names.size(); ++i) {
    std::string folder(names[i]);
    int dir = i == 0 ? root_.get() : open_[i - 1].fd.get();
    FdGuard fd(openat(dir, folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) {
      auto where = path.substr(0, size_t(names[i].data() + names[i].size() - path.data()));
      if (errno == ENOENT) throw NativeError("ERR_OSTREE_NOT_FOUND", "there is no folder " + where + " for " + path);
      if (errno == ENOTDIR || errno == ELOOP)
        throw NativeError("ERR_UNSAFE_PATH", where + " is not a folder, but " + path + " lies below it");
      throw errno_error("opening the folder " + where, errno);
    }
    open_.push_back(Open{std::move(folder), std::move(fd)});
  }
  return open_.empty() ? root_.get() : open_.back().fd.get();
}

std::vector<int> FolderWalk::chain() const {
  std::vector<int> out{root_.get()};
  for (const auto& o : open_) out.push_back(o.fd.get());
  return out;
}

}  // namespace ao
