// Names of members: which are valid, and where they belong on a system with merged /usr.
#pragma once

#include <string>
#include <string_view>

namespace ao::deb {

bool valid_utf8(std::string_view text);

// The member's name relative to the root, without "./", doubled or trailing slashes: "usr/bin/ls", "" for the root.
// Throws ERR_DEB_FORMAT for names with "..", newlines, broken UTF-8 or above the limits of Linux.
std::string clean_name(const std::string& raw);

// Of a clean name: the path with bin, sbin and lib* moved below usr. The alias itself ("bin") is moved only when it
// is a directory: as a symlink it is what makes the alias.
std::string canonical_path(const std::string& clean);
// The clean name is itself one of the aliases.
bool is_alias(std::string_view clean);

// Why no package may own the path, or null. `dir`: it is only a directory there.
const char* reserved_reason(const std::string& canonical, bool dir);

}  // namespace ao::deb
