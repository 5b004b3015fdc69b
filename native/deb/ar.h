// The outer archive. Strict: what dpkg, libapt and libarchive read in different ways is refused.
#pragma once

#include <optional>
#include <string>

#include "deb/source.h"

namespace ao::deb {

struct ArMember {
  std::string name;
  uint64_t size = 0;
};

class ArReader {
 public:
  // Reads the magic.
  explicit ArReader(Source& in);
  // Passes over the rest of the current member. Nothing at the end of the file.
  std::optional<ArMember> next();
  // The current member's bytes; throws ERR_DEB_FORMAT when the file ends inside.
  Source& content() { return body_; }

 private:
  class Body final : public Source {
   public:
    explicit Body(Source& in) : in_(in) {}
    void open(const ArMember& member);
    std::string_view peek() override;
    void take(size_t n) override;

   private:
    Source& in_;
    std::string name_;
    uint64_t left_ = 0;
  };

  Source& in_;
  Body body_;
  bool pad_ = false;
};

}  // namespace ao::deb
