#include "deb/source.h"

#include <algorithm>
#include <cstring>

namespace ao::deb {

bool read_exactly(Source& in, char* to, size_t n) {
  while (n > 0) {
    auto piece = in.peek();
    if (piece.empty()) return false;
    size_t part = std::min(n, piece.size());
    std::memcpy(to, piece.data(), part);
    in.take(part);
    to += part;
    n -= part;
  }
  return true;
}

bool skip_exactly(Source& in, uint64_t n) {
  while (n > 0) {
    auto piece = in.peek();
    if (piece.empty()) return false;
    size_t part = static_cast<size_t>(std::min<uint64_t>(n, piece.size()));
    in.take(part);
    n -= part;
  }
  return true;
}

uint64_t drain(Source& in) {
  uint64_t n = 0;
  for (auto piece = in.peek(); !piece.empty(); piece = in.peek()) {
    n += piece.size();
    in.take(piece.size());
  }
  return n;
}

}  // namespace ao::deb
