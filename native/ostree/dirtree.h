// Directory objects: a list of names (dirtree) and owner, mode and attributes (dirmeta). Free of Node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ostree/checksum.h"
#include "ostree/glib.h"
#include "ostree/xattrs.h"

namespace ao {

struct DirMeta {
  uint32_t mode = 0755;  // permission bits
  uint32_t uid = 0, gid = 0;
};

// What names a directory with everything below it.
struct DirRef {
  Checksum tree;
  Checksum meta;
};

// A loaded dirtree; names are in byte order. Names point into the variant.
class DirTree {
 public:
  static DirTree load(OstreeRepo* repo, const Checksum& checksum);

  size_t file_count() const { return g_variant_n_children(files_.get()); }
  size_t dir_count() const { return g_variant_n_children(dirs_.get()); }
  std::string_view file(size_t i, Checksum& content) const;
  std::string_view dir(size_t i, DirRef& ref) const;
  bool find_file(std::string_view name, Checksum& content) const;
  bool find_dir(std::string_view name, DirRef& ref) const;

 private:
  GVar tree_, files_, dirs_;
};

DirMeta load_dirmeta(OstreeRepo* repo, const Checksum& checksum);
std::vector<Xattr> load_dir_xattrs(OstreeRepo* repo, const Checksum& checksum);

// Root of a commit.
DirRef commit_root(OstreeRepo* repo, const std::string& commit);

// "/usr/bin/sh" as its names; "/" as none. Throws ERR_UNSAFE_PATH unless absolute and canonical.
std::vector<std::string_view> split_path(std::string_view path);

}  // namespace ao
