// Syntax of the other control members that the engine acts on. Each throws ERR_DEB_CONTROL.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ao::deb {

// The name of a control member as it will stand in dpkg's info folder.
void check_member_name(const std::string& name);
bool is_maintainer_script(std::string_view name);
void check_conffiles(const std::string& text);
void check_triggers(const std::string& text);

// Clean path -> MD5 of each well-formed line; other lines are left out (dpkg does not read this file).
std::map<std::string, std::string> read_md5sums(const std::string& text);

}  // namespace ao::deb
