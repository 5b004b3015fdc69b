// data.tar: every entry checked against a tree that exists only in memory, so that no name can lead anywhere.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "deb/limited_source.h"
#include "deb/store.h"
#include "deb/tar.h"

namespace ao::deb {

struct PayloadEntry {
  char type = 'f';        // d, f, l symlink, h hardlink
  std::string path;       // as dpkg lists it: "/.", "/bin/ls"
  std::string canonical;  // relative, with merged /usr: "", "usr/bin/ls"
  uint32_t mode = 0, uid = 0, gid = 0;
  std::string uname, gname;
  uint64_t size = 0;  // of a hardlink: of its file
  int64_t mtime = 0;
  std::string target;    // of a symlink; of a hardlink the path of the entry that has the content
  std::string checksum;  // of files, links and hardlinks
  std::string md5;       // of files and hardlinks
  bool placed = true;    // false: a directory that an entry before has placed
};

struct Payload {
  std::vector<PayloadEntry> entries;  // dpkg's order: as in the archive, but symlinks last
  std::vector<std::string> audit;
};

Payload read_payload(LimitedSource& tar, size_t max_entries, ObjectStore& store);

// Differences between md5sums and what was read, for the audit.
void compare_md5sums(const std::map<std::string, std::string>& sums, Payload& payload);

}  // namespace ao::deb
