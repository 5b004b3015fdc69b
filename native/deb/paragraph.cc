#include "deb/control.h"
#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/path.h"
#include "deb/text.h"

namespace ao::deb {

namespace {

std::string at_line(size_t line, const std::string& what) {
  return "control, line " + std::to_string(line) + ": " + what;
}

bool field_name(std::string_view name) {
  if (name.empty() || name[0] == '-' || name[0] == '#') return false;
  for (char c : name)
    if (c <= ' ' || c >= 127) return false;
  return true;
}

void check_bytes(const std::string& text) {
  if (text.find('\0') != std::string::npos) throw bad_control("control holds a NUL byte");
  if (text.find('\r') != std::string::npos) throw bad_control("control has carriage returns");
  if (!valid_utf8(text)) throw bad_control("control is not UTF-8");
  if (!text.empty() && text.back() != '\n') throw bad_control("control does not end with a newline");
}

}  // namespace

const std::string* Paragraph::find(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (same_letters(key, name)) return &value;
  return nullptr;
}

Paragraph Paragraph::parse(const std::string& text) {
  check_bytes(text);
  Paragraph p;
  bool ended = false;
  size_t number = 0;
  for (auto line : Lines(text)) {
    ++number;
    if (trim(line).empty()) {
      ended = !p.fields_.empty();
      continue;
    }
    if (ended) throw bad_control(at_line(number, "a second paragraph"));
    if (line[0] == ' ' || line[0] == '\t') {
      if (p.fields_.empty()) throw bad_control(at_line(number, "a continuation line without a field"));
      p.fields_.back().second += "\n" + std::string(line);
    } else {
      auto colon = line.find(':');
      auto name = line.substr(0, colon);
      if (colon == line.npos || !field_name(name))
        throw bad_control(at_line(number, "\"" + shown(line) + "\" is not a field"));
      if (p.find(name)) throw bad_control(at_line(number, "the field " + shown(name) + " stands twice"));
      p.fields_.emplace_back(name, trim(line.substr(colon + 1)));
    }
    if (p.fields_.back().second.size() > kControlField)
      throw bad_control(at_line(number, "the field " + shown(p.fields_.back().first) + " is longer than 1 MiB"));
  }
  if (p.fields_.empty()) throw bad_control("control is empty");
  return p;
}

}  // namespace ao::deb
