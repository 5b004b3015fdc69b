// A source that may give only so many bytes: the guard against archives that unpack without end.
#pragma once

#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/source.h"

namespace ao::deb {

class LimitedSource final : public Source {
 public:
  LimitedSource(Source& in, uint64_t limit) : in_(in), limit_(limit) {}
  std::string_view peek() override { return in_.peek(); }
  void take(size_t n) override {
    in_.take(n);
    expect(n);
    taken_ += n;
  }
  // Throws when `n` bytes more would be too many.
  void expect(uint64_t n) const {
    if (n > limit_ - taken_) throw over_limit("it unpacks to more than " + std::to_string(limit_ / kMiB) + " MiB");
  }

 private:
  Source& in_;
  uint64_t limit_, taken_ = 0;
};

}  // namespace ao::deb
