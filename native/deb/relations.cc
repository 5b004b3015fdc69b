#include "deb/control.h"
#include "deb/fail.h"
#include "deb/text.h"

namespace ao::deb {

namespace {

// dpkg's grammar: alternatives of `name[:arch] [(op version)]`, separated by commas, no empty ones.
class RelationReader {
 public:
  RelationReader(std::string_view text, const std::string& field) : rest_(text), field_(field) {}

  void list() {
    for (;;) {
      alternative();
      if (rest_.empty()) return;
      if (rest_[0] != ',' && rest_[0] != '|') refuse();
      rest_.remove_prefix(1);
    }
  }

 private:
  [[noreturn]] void refuse() const {
    throw bad_control(field_ + " is not a list of packages near \"" + shown(rest_.substr(0, 40)) + "\"");
  }

  std::string_view word(std::string_view stop) {
    rest_ = skip(rest_);
    size_t n = 0;
    while (n < rest_.size() && !blank(rest_[n]) && stop.find(rest_[n]) == stop.npos) ++n;
    auto found = rest_.substr(0, n);
    rest_ = skip(rest_.substr(n));
    return found;
  }

  void alternative() {
    auto name = word(",|()");
    auto colon = name.find(':');
    if (name.empty()) refuse();
    check_package_name(name.substr(0, colon), field_);
    if (colon != name.npos) check_architecture(name.substr(colon + 1), field_);
    if (rest_.empty() || rest_[0] != '(') return;
    rest_ = skip(rest_.substr(1));
    size_t n = 0;
    while (n < 2 && n < rest_.size() && (rest_[n] == '<' || rest_[n] == '>' || rest_[n] == '=')) ++n;
    auto op = rest_.substr(0, n);
    if (op == "<>" || op == "><" || op == "==" || op == "=<" || op == "=>") refuse();
    rest_.remove_prefix(n);
    check_version(word("()"), field_);
    if (rest_.empty() || rest_[0] != ')') refuse();
    rest_ = skip(rest_.substr(1));
  }

  static std::string_view skip(std::string_view s) {
    while (!s.empty() && blank(s.front())) s.remove_prefix(1);
    return s;
  }

  std::string_view rest_;
  const std::string& field_;
};

}  // namespace

void check_relations(std::string_view value, const std::string& field) {
  if (!trim(value).empty()) RelationReader(value, field).list();
}

}  // namespace ao::deb
