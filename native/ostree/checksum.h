// A SHA-256 as 32 bytes.
#pragma once

#include <ostree.h>

#include <array>
#include <string>

#include "common/error.h"

namespace ao {

using Checksum = std::array<unsigned char, 32>;

inline std::string to_hex(const Checksum& c) {
  char text[65];
  ostree_checksum_inplace_from_bytes(c.data(), text);
  return std::string(text, 64);
}

inline Checksum from_hex(const std::string& hex) {
  if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw NativeError("ERR_INTERNAL", "not a checksum: " + hex);
  Checksum c;
  ostree_checksum_inplace_to_bytes(hex.c_str(), c.data());
  return c;
}

}  // namespace ao
