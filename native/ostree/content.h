// Makes content objects of files on disk, hashed by OpenSSL, which is several times faster than GLib. Free of Node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ostree/checksum.h"
#include "ostree/glib.h"
#include "ostree/xattrs.h"

namespace ao {

struct ContentMeta {
  uint32_t mode = 0;  // with the file type: S_IFREG or S_IFLNK
  uint32_t uid = 0, gid = 0;
  std::string target;  // symlinks
  std::vector<Xattr> xattrs;
};

// What precedes the bytes of a file in the checksum of its object.
std::string content_header(const ContentMeta& meta);

struct Ingested {
  Checksum checksum;
  bool written = false;  // false: the repository had it
  uint64_t size = 0;
};

// The regular file or symlink at `path` (never followed) becomes an object of the open transaction.
Ingested ingest_file(OstreeRepo* repo, const std::string& path, GCancellable* cancellable);

// Directory metadata, a dirtree or a commit as an object; `written` as above.
Ingested put_metadata(OstreeRepo* repo, OstreeObjectType type, GVariant* variant, GCancellable* cancellable);

}  // namespace ao
