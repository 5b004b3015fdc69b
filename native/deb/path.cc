#include "deb/path.h"

#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/path_tables.h"

namespace ao::deb {

bool valid_utf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    auto c = static_cast<unsigned char>(text[i]);
    size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 9;
    if (more == 9 || text.size() - i <= more) return false;
    for (size_t k = 1; k <= more; ++k) {
      auto next = static_cast<unsigned char>(text[i + k]);
      unsigned low = 0x80, high = 0xbf;
      // No overlong forms, no surrogates, nothing above U+10FFFF.
      if (k == 1 && c == 0xe0) low = 0xa0;
      if (k == 1 && c == 0xed) high = 0x9f;
      if (k == 1 && c == 0xf0) low = 0x90;
      if (k == 1 && c == 0xf4) high = 0x8f;
      if (next < low || next > high) return false;
    }
    i += more + 1;
  }
  return true;
}

std::string shown(std::string_view name) {
  constexpr size_t kShown = 300;
  bool text = valid_utf8(name);
  std::string out;
  for (char c : name.substr(0, kShown)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f && (byte < 0x80 || text)) {
      out += c;
      continue;
    }
    static const char digits[] = "0123456789abcdef";
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
  // A cut may fall inside of a character.
  while (text && name.size() > kShown && !valid_utf8(out)) out.pop_back();
  return name.size() > kShown ? out + "..." : out;
}

std::string clean_name(const std::string& raw) {
  if (raw.empty()) throw damaged("a tar entry has no name");
  auto refuse = [&](const std::string& why) { throw damaged("the name \"" + shown(raw) + "\" " + why); };
  if (raw.find('\n') != std::string::npos) refuse("holds a newline, which dpkg's database cannot");
  if (!valid_utf8(raw)) refuse("is not UTF-8");
  std::string clean;
  size_t components = 0;
  for (size_t at = 0; at <= raw.size();) {
    size_t end = std::min(raw.find('/', at), raw.size());
    std::string_view part(raw.data() + at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") refuse("leads out of the package");
    if (part.size() > kComponent) refuse("has a part of more than 255 bytes");
    if (++components > kComponents) refuse("has more than 256 parts");
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  if (clean.size() + 1 > kPath) refuse("has more than 4095 bytes");
  return clean;
}

bool is_alias(std::string_view clean) {
  for (auto alias : kUsrAliases)
    if (clean == alias) return true;
  return false;
}

std::string canonical_path(const std::string& clean) {
  return is_alias(std::string_view(clean).substr(0, clean.find('/'))) ? "usr/" + clean : clean;
}

const char* reserved_reason(const std::string& canonical, bool dir) {
  for (const auto& row : kReservedPaths) {
    if (dir && row.directories_allowed) continue;
    std::string_view path = row.path;
    bool prefix = path.back() == '*';
    if (prefix) path.remove_suffix(1);
    if (canonical.compare(0, path.size(), path) != 0) continue;
    if (prefix || canonical.size() == path.size() || canonical[path.size()] == '/') return row.reason;
  }
  return nullptr;
}

}  // namespace ao::deb
