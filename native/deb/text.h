// Small helpers for the line-based control files.
#pragma once

#include <cstddef>
#include <string_view>

namespace ao::deb {

inline bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f'; }

inline std::string_view trim(std::string_view s) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

inline bool digit(char c) { return c >= '0' && c <= '9'; }
inline bool lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool alnum(char c) { return digit(c) || lower(c) || (c >= 'A' && c <= 'Z'); }

inline bool same_letters(std::string_view a, std::string_view b) {
  auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (fold(a[i]) != fold(b[i])) return false;
  return true;
}

// The lines of a text, without their newlines: `for (auto line : Lines(text))`.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  class Iterator {
   public:
    explicit Iterator(std::string_view rest, bool end) : rest_(rest), end_(end) {}
    std::string_view operator*() const { return rest_.substr(0, rest_.find('\n')); }
    Iterator& operator++() {
      auto newline = rest_.find('\n');
      end_ = newline == rest_.npos || newline + 1 == rest_.size();
      if (!end_) rest_.remove_prefix(newline + 1);
      return *this;
    }
    bool operator!=(const Iterator& o) const { return end_ != o.end_; }

   private:
    std::string_view rest_;
    bool end_;
  };

  Iterator begin() const { return Iterator(text_, text_.empty()); }
  Iterator end() const { return Iterator({}, true); }

 private:
  std::string_view text_;
};

}  // namespace ao::deb
