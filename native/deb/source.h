// A stream of bytes that is read in pieces without copying them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ao::deb {

class Source {
 public:
  virtual ~Source() = default;
  // The bytes at hand; empty only at the end. Valid until the next call on this source or on one below it.
  virtual std::string_view peek() = 0;
  // Moves on by `n` bytes of what `peek` gave.
  virtual void take(size_t n) = 0;
};

// Told about the work as it goes on. `check` throws when the work shall end.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void read(uint64_t /*bytes of the file so far*/) {}
  virtual void check() {}
};

// Copies exactly `n` bytes into `to`; false when the source ends before.
bool read_exactly(Source& in, char* to, size_t n);
// Passes over `n` bytes; false when the source ends before.
bool skip_exactly(Source& in, uint64_t n);
// Reads to the end and returns the number of bytes passed over.
uint64_t drain(Source& in);

}  // namespace ao::deb
