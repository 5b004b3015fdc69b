#include <climits>

#include "deb/control.h"
#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/text.h"

namespace ao::deb {

namespace {

[[noreturn]] void refuse(const std::string& field, std::string_view value, const std::string& why) {
  throw bad_control(field + " \"" + shown(value) + "\" " + why);
}

template <typename Ok>
bool all_of(std::string_view text, Ok ok) {
  for (char c : text)
    if (!ok(c)) return false;
  return true;
}

bool one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

const std::string& required(const Paragraph& p, const char* field) {
  auto* value = p.find(field);
  if (!value || value->empty()) throw bad_control(std::string("control has no ") + field);
  return *value;
}

// Fields that exist only in dpkg's own database: in a package they would fake its state.
constexpr const char* kDatabaseFields[] = {"Status", "Config-Version", "Conffiles", "Triggers-Pending",
                                           "Triggers-Awaited"};
constexpr const char* kRelationFields[] = {"Depends",   "Pre-Depends", "Recommends", "Suggests", "Enhances",
                                           "Conflicts", "Breaks",      "Replaces",   "Provides"};

}  // namespace

void check_package_name(std::string_view name, const std::string& field) {
  auto inner = [](char c) { return lower(c) || digit(c) || one_of(c, "+-."); };
  if (name.empty() || !(lower(name[0]) || digit(name[0])) || !all_of(name, inner))
    refuse(field, name, "is not a package name");
  // It becomes part of file names in dpkg's database.
  if (name.size() > kControlName) refuse(field, name, "is too long for a package name");
}

void check_version(std::string_view version, const std::string& field) {
  auto rest = version;
  if (auto colon = rest.find(':'); colon != rest.npos) {
    auto epoch = rest.substr(0, colon);
    if (epoch.empty() || epoch.size() > 10 || !all_of(epoch, digit)) refuse(field, version, "has a wrong epoch");
    if (std::stoull(std::string(epoch)) > INT_MAX) refuse(field, version, "has a wrong epoch");
    rest.remove_prefix(colon + 1);
  }
  if (auto dash = rest.rfind('-'); dash != rest.npos) {
    auto revision = rest.substr(dash + 1);
    if (revision.empty() || !all_of(revision, [](char c) { return alnum(c) || one_of(c, "+.~"); }))
      refuse(field, version, "has a wrong revision");
    rest = rest.substr(0, dash);
  }
  if (rest.empty() || !digit(rest[0])) refuse(field, version, "does not start with a digit");
  if (!all_of(rest, [](char c) { return alnum(c) || one_of(c, ".-+~:"); }))
    refuse(field, version, "holds a character that a version cannot have");
  if (version.size() > kComponent) refuse(field, version, "is too long");
}

void check_architecture(std::string_view architecture, const std::string& field) {
  auto inner = [](char c) { return lower(c) || digit(c) || c == '-'; };
  if (architecture.empty() || architecture[0] == '-' || !all_of(architecture, inner) || architecture.size() > 64)
    refuse(field, architecture, "is not an architecture");
}

ControlFields read_control(const std::string& text) {
  auto p = Paragraph::parse(text);
  ControlFields f;
  f.name = required(p, "Package");
  f.version = required(p, "Version");
  f.architecture = required(p, "Architecture");
  check_package_name(f.name, "Package");
  check_version(f.version, "Version");
  check_architecture(f.architecture, "Architecture");
  for (auto* field : kDatabaseFields)
    if (p.find(field)) throw bad_control(std::string("control has the field ") + field + " of dpkg's database");
  for (auto* field : kRelationFields)
    if (auto* value = p.find(field)) check_relations(*value, field);
  if (auto* size = p.find("Installed-Size"); size && !size->empty() && size->size() < 16 && all_of(*size, digit))
    f.installed_kib = std::stoull(*size);
  if (auto* essential = p.find("Essential")) f.essential = same_letters(*essential, "yes");
  return f;
}

}  // namespace ao::deb
