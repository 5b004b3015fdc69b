// Puts single entries into folders, by descriptor and name, never through a link. Times are zero. Free of Node.
#pragma once

#include <string>
#include <vector>

#include "ostree/dirtree.h"
#include "ostree/glib.h"
#include "ostree/xattrs.h"

namespace ao {

// Makes a hardlink to the object of a bare repository. False when the object has as many links as the file system
// allows, or lies on another one: it is to be copied then. Throws ERR_OSTREE_NOT_FOUND for an object that is not
// there, or not before the transaction commits.
bool link_object(OstreeRepo* repo, const std::string& checksum, int dir, const std::string& name);

// Makes a file or symlink of its own with all that the object says; shares blocks where the file system can.
// Returns the bytes that were copied.
uint64_t copy_object(OstreeRepo* repo, const std::string& checksum, int dir, const std::string& name,
                     GCancellable* cancellable);

// The same for a file or symlink on disk; `link` tries a hardlink first.
uint64_t place_file(const std::string& from, bool link, int dir, const std::string& name, GCancellable* cancellable);

// Metadata of a folder that stands; its attributes become exactly these.
void set_folder(int fd, const DirMeta& meta, const std::vector<Xattr>& xattrs, const std::string& what);

void zero_time(int dir, const std::string& name);
void zero_time(int fd);

}  // namespace ao
