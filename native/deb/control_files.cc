#include "deb/control_files.h"

#include <algorithm>

#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/path.h"
#include "deb/text.h"

namespace ao::deb {

namespace {

constexpr std::string_view kScripts[] = {"preinst", "postinst", "prerm", "postrm"};
constexpr std::string_view kTriggerDirectives[] = {"interest", "interest-await", "interest-noawait",
                                                   "activate", "activate-await", "activate-noawait"};

template <size_t N>
bool among(const std::string_view (&set)[N], std::string_view word) {
  return std::find(std::begin(set), std::end(set), word) != std::end(set);
}

void check_text(const std::string& text, const char* file) {
  if (text.find('\0') != std::string::npos) throw bad_control(std::string(file) + " holds a NUL byte");
  if (text.find('\r') != std::string::npos) throw bad_control(std::string(file) + " has carriage returns");
  if (!valid_utf8(text)) throw bad_control(std::string(file) + " is not UTF-8");
}

}  // namespace

bool is_maintainer_script(std::string_view name) { return among(kScripts, name); }

void check_member_name(const std::string& name) {
  auto plain = [](char c) { return alnum(c) || c == '-' || c == '_' || c == '+'; };
  // A dot would shift the boundary between package and member in "<package>.<member>".
  if (!std::all_of(name.begin(), name.end(), plain))
    throw bad_control("control.tar has a member with the name \"" + shown(name) + "\"");
  if (name.size() > kControlName)
    throw bad_control("control.tar has a member with a name above 100 bytes: " + shown(name));
  if (name == "list") throw bad_control("control.tar has a member with the name of dpkg's own list");
}

void check_conffiles(const std::string& text) {
  check_text(text, "conffiles");
  if (!text.empty() && text.back() != '\n') throw bad_control("conffiles does not end with a newline");
  for (auto line : Lines(text)) {
    auto name = trim(line);
    if (name.empty()) continue;
    if (line[0] != '/') {
      auto space = line.find(' ');
      if (line.substr(0, space) != "remove-on-upgrade")
        throw bad_control("conffiles has the line \"" + shown(line) + "\" with neither a path nor a known flag");
      name = space == line.npos ? "" : trim(line.substr(space));
    }
    if (name.empty() || name[0] != '/')
      throw bad_control("conffiles names \"" + shown(name) + "\", which is not an absolute path");
    try {
      clean_name(std::string(name));
    } catch (const NativeError& e) {
      throw bad_control("conffiles: " + e.message);
    }
  }
}

void check_triggers(const std::string& text) {
  check_text(text, "triggers");
  for (auto line : Lines(text)) {
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    size_t n = 0;
    while (n < line.size() && !blank(line[n])) ++n;
    auto name = trim(line.substr(n));
    if (!among(kTriggerDirectives, line.substr(0, n)))
      throw bad_control("triggers has an unknown directive: " + shown(line));
    if (name.empty() || !std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
      throw bad_control("triggers names \"" + shown(name) + "\", which is not a trigger");
  }
}

std::map<std::string, std::string> read_md5sums(const std::string& text) {
  std::map<std::string, std::string> sums;
  for (auto line : Lines(text)) {
    auto name = line.size() > 34 ? line.substr(34) : std::string_view();
    if (name.empty() || line[32] != ' ' || name.find("..") != name.npos) continue;
    try {
      sums[clean_name(std::string(name))] = std::string(line.substr(0, 32));
    } catch (const NativeError&) {
      continue;
    }
  }
  return sums;
}

}  // namespace ao::deb
