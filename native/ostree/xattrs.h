// Extended attributes as libostree stores them. Free of Node.
#pragma once

#include <string>
#include <vector>

#include "ostree/glib.h"

namespace ao {

struct Xattr {
  std::string name;
  std::string value;
};

// Sorted by name. Left out: overlayfs' own attributes, and the SELinux label, which is the running system's.
std::vector<Xattr> read_xattrs(const std::string& path);  // of a symlink itself
std::vector<Xattr> read_xattrs(int fd);
// a(ayay); null when there are none.
GVar xattrs_variant(const std::vector<Xattr>& xattrs);
// Attributes of an a(ayay), null allowed.
std::vector<Xattr> xattrs_of(GVariant* variant);

void set_xattrs(int fd, const std::vector<Xattr>& xattrs, const std::string& what);
// Of the entry itself, also when it is a symlink.
void set_xattrs_at(int dir, const std::string& name, const std::vector<Xattr>& xattrs);
// Removes all that read_xattrs shows.
void clear_xattrs(int fd, const std::string& what);

}  // namespace ao
