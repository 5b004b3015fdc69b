// Small steps on a layer folder that never follow a link: everything is relative to an open directory.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "sandbox/fd.h"

namespace ao {

enum class EntryKind { file, dir, symlink, whiteout, other };

EntryKind kind_of(const struct stat& st);

// `name` in the directory `at`; `shown` is the whole path, for errors.
UniqueFd open_dir(int at, const std::string& name, const std::string& shown);
// Names in byte order, without "." and "..".
std::vector<std::string> names_in(int dir, const std::string& shown);
// False when there is none.
bool stat_entry(int at, const std::string& name, struct stat& st, const std::string& shown);

std::string link_target(int at, const std::string& name, const struct stat& st, const std::string& shown);

// Extended attributes of an entry of `at` of any type ("." for the directory itself).
std::vector<std::string> xattr_names(int at, const std::string& name, const std::string& shown);
// Empty when it is not set.
std::string xattr_value(int at, const std::string& name, const std::string& key);
void set_xattr(int at, const std::string& name, const std::string& key, const std::string& value, const std::string& shown);
void remove_xattr(int at, const std::string& name, const std::string& key, const std::string& shown);

bool is_overlay_xattr(const std::string& key);
bool is_opaque(int at, const std::string& name);
void set_opaque(int at, const std::string& name, const std::string& shown);

// Deletes an entry, a directory with all below it.
void remove_entry(int at, const std::string& name, const std::string& shown);

}  // namespace ao
