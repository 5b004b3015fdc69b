#include "dedup/dedup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "common/error.h"
#include "dedup/content.h"
#include "dedup/walk.h"

namespace ao {

namespace {

// One file on disk with those of its names that lie in the given folders.
struct Inode {
  std::vector<FoundFile> names;
  const struct stat& info() const { return names.front().info; }
};

using Group = std::vector<Inode>;
using Inodes = std::map<std::pair<dev_t, ino_t>, Inode>;
using MetadataKey = std::tuple<dev_t, off_t, mode_t, uid_t, gid_t, time_t, long>;

MetadataKey metadata_key(const struct stat& s, bool ignore_mtime) {
  return {s.st_dev, s.st_size,
          s.st_mode, s.st_uid,
          s.st_gid,  ignore_mtime ? 0 : s.st_mtim.tv_sec,
          ignore_mtime ? 0 : s.st_mtim.tv_nsec};
}

std::vector<Group> split(Group group, const std::function<std::string(const FoundFile&)>& key) {
  std::map<std::string, Group> parts;
  for (auto& inode : group) {
    auto k = key(inode.names.front());
    if (!k.empty()) parts[k].push_back(std::move(inode));
  }
  std::vector<Group> out;
  for (auto& [k, part] : parts)
    if (part.size() > 1) out.push_back(std::move(part));
  return out;
}

// Puts `name` in place of `target`'s name. False when the file system takes no more links to `name`.
bool replace(const FoundFile& target, const FoundFile& name) {
  auto slash = target.path.rfind('/');
  std::string dir = slash == 0 ? "/" : target.path.substr(0, slash);
  struct stat before;
  if (stat(dir.c_str(), &before) != 0) throw errno_error("reading the folder " + dir, errno);
  std::string temporary;
  for (int attempt = 0;; ++attempt) {
    temporary = dir + "/.apt-ostree-dedup-" + std::to_string(getpid()) + "-" + std::to_string(attempt);
    if (link(name.path.c_str(), temporary.c_str()) == 0) break;
    if (errno == EMLINK) return false;
    if (errno != EEXIST || attempt > 100) throw errno_error("linking " + name.path, errno);
  }
  if (rename(temporary.c_str(), target.path.c_str()) != 0) {
    int err = errno;
    unlink(temporary.c_str());
    throw errno_error("replacing " + target.path, err);
  }
  const timespec times[] = {before.st_atim, before.st_mtim};
  utimensat(AT_FDCWD, dir.c_str(), times, 0);  // A folder whose files are the same is as old as before.
  return true;
}

void link_group(Group& group, const DedupOptions& options, DedupStats& stats) {
  // The file with most links stays, so that the fewest names change; then the oldest.
  std::stable_sort(group.begin(), group.end(), [](const Inode& a, const Inode& b) {
    if (a.info().st_nlink != b.info().st_nlink) return a.info().st_nlink > b.info().st_nlink;
    return a.info().st_mtim.tv_sec < b.info().st_mtim.tv_sec;
  });
  size_t keep = 0;
  for (size_t i = 1; i < group.size(); ++i) {
    uint64_t gone = 0;
    for (const auto& name : group[i].names) {
      const auto& kept = group[keep].names.front();
      if (!options.dry_run) {
        if (!unchanged(name) || !unchanged(kept)) continue;
        if (!replace(name, kept)) {
          keep = i;
          break;
        }
      }
      ++gone;
      ++stats.linked;
    }
    if (gone == group[i].info().st_nlink) stats.bytes_saved += uint64_t(group[i].info().st_size);
  }
}

}  // namespace

DedupStats dedup(const std::vector<std::string>& dirs, const DedupOptions& options, const DedupHooks& hooks) {
  DedupStats stats;
  Inodes inodes;
  for (auto& file : find_files(dirs, hooks.check)) {
    ++stats.files;
    std::pair key{file.info.st_dev, file.info.st_ino};
    inodes[key].names.push_back(std::move(file));
  }
  std::map<MetadataKey, Group> groups;
  for (auto& [id, inode] : inodes) {
    auto key = metadata_key(inode.info(), options.ignore_mtime);
    groups[key].push_back(std::move(inode));
  }
  double done = 0;
  for (auto& [key, group] : groups) {
    hooks.check();
    hooks.progress(++done, double(groups.size()));
    if (group.size() < 2) continue;
    for (auto& likely : split(std::move(group), head_key))
      for (auto& equal : split(std::move(likely), [&](const FoundFile& f) { return full_key(f, hooks.check); }))
        link_group(equal, options, stats);
  }
  return stats;
}

}  // namespace ao
