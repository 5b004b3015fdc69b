// Content objects: regular files and symlinks of a repository. Free of Node.
#pragma once

#include <cstdint>
#include <string>

#include "ostree/glib.h"

namespace ao {

struct ObjectStat {
  bool symlink = false;
  uint32_t mode = 0;  // permission bits; 0777 of symlinks
  uint32_t uid = 0, gid = 0;
  uint64_t size = 0;
  std::string target;
};

// Where the object lies below the repository's folder, in a bare repository: "objects/ab/cdef....file".
std::string loose_path(const std::string& checksum);

ObjectStat stat_object(OstreeRepo* repo, const std::string& checksum);
// The bytes of a regular file; throws ERR_OSTREE for a symlink.
std::string read_object(OstreeRepo* repo, const std::string& checksum, GCancellable* cancellable);
// Whether the regular file at `path` (never followed) has the bytes of an object; neither is held as a whole.
bool has_bytes_of(OstreeRepo* repo, const std::string& checksum, const std::string& path, GCancellable* cancellable);

}  // namespace ao
