// Accounts whose numbers base-passwd fixes for every Debian system. dpkg maps owners of a package's files by name;
// for these names the numbers are known before there is a tree with an /etc/passwd. Any other name falls back
// to the numeric id of the archive, and the manifest keeps the name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ao::deb {

std::optional<uint32_t> static_uid(std::string_view name);
std::optional<uint32_t> static_gid(std::string_view name);

}  // namespace ao::deb
