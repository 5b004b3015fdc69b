// The control file: one paragraph of fields, and the syntax of the fields that name a package.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ao::deb {

class Paragraph {
 public:
  // Throws ERR_DEB_CONTROL unless the text is exactly one well-formed paragraph.
  static Paragraph parse(const std::string& text);
  // Case does not matter; null when there is no such field. Continuation lines keep their newlines.
  const std::string* find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct ControlFields {
  std::string name, version, architecture;
  uint64_t installed_kib = 0;  // 0 where the field is missing or not a number
  bool essential = false;
};

// Reads and checks the whole control file: the identity, the relations, and that no field of dpkg's own database
// is smuggled in.
ControlFields read_control(const std::string& text);

// Each throws ERR_DEB_CONTROL with `field` in the message.
void check_package_name(std::string_view name, const std::string& field);
void check_version(std::string_view version, const std::string& field);
void check_architecture(std::string_view architecture, const std::string& field);
// Depends and its like: "a (>= 1) | b:any, c".
void check_relations(std::string_view value, const std::string& field);

}  // namespace ao::deb
