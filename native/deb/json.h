// Writes JSON. Strings must be UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ao::deb {

class JsonWriter {
 public:
  void open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  void key(std::string_view name) {
    text(name);
    out_ += ':';
    fresh_ = true;
  }
  void text(std::string_view value) {
    comma();
    quote(value);
  }
  void number(int64_t value) {
    comma();
    out_ += std::to_string(value);
  }
  std::string take() { return std::move(out_); }

 private:
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }

  void quote(std::string_view value) {
    static const char digits[] = "0123456789abcdef";
    out_ += '"';
    for (char c : value) {
      auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\')
        out_ += {'\\', c};
      else if (c == '\n')
        out_ += "\\n";
      else if (byte < 0x20)
        out_ += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
      else
        out_ += c;
    }
    out_ += '"';
  }

  std::string out_;
  bool fresh_ = true;
};

}  // namespace ao::deb
