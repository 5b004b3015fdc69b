#include "deb/tar_header.h"

#include <cstring>

#include "deb/fail.h"

namespace ao::deb {

bool TarHeader::all_zero() const {
  auto* bytes = reinterpret_cast<const char*>(this);
  return bytes[0] == 0 && std::memcmp(bytes, bytes + 1, sizeof *this - 1) == 0;
}

bool TarHeader::intact() const {
  auto* bytes = reinterpret_cast<const unsigned char*>(this);
  const auto at = static_cast<size_t>(chksum - name);
  int64_t sum = 0;
  for (size_t i = 0; i < sizeof *this; ++i) sum += i >= at && i < at + sizeof chksum ? ' ' : bytes[i];
  return field_number({chksum, sizeof chksum}, "checksum") == sum;
}

bool TarHeader::gnu() const {
  return std::memcmp(magic, "ustar ", sizeof magic) == 0 && std::memcmp(version, " ", sizeof version) == 0;
}
bool TarHeader::posix() const { return std::memcmp(magic, "ustar", sizeof magic) == 0; }

std::string TarHeader::full_name() const {
  auto base = field_text(name, sizeof name);
  // GNU headers have times where POSIX has the prefix.
  if (!posix() || prefix[0] == 0) return base;
  return field_text(prefix, sizeof prefix) + "/" + base;
}

std::string field_text(const char* field, size_t size) { return std::string(field, strnlen(field, size)); }

namespace {

int64_t base256(std::string_view field, const char* what) {
  bool negative = (field[0] & 0x40) != 0;
  uint64_t value = negative ? UINT64_MAX : 0;
  for (size_t i = 0; i < field.size(); ++i) {
    auto byte = static_cast<unsigned char>(field[i]);
    // The first bit only marks the encoding; the second is the sign.
    if (i == 0) byte = negative ? byte : byte & 0x7f;
    uint64_t top = value >> 55;
    if (top != 0 && top != 0x1ff) throw damaged(std::string("the ") + what + " in a tar header is too large");
    value = (value << 8) | byte;
  }
  auto number = static_cast<int64_t>(value);
  if ((number < 0) != negative) throw damaged(std::string("the ") + what + " in a tar header is too large");
  return number;
}

}  // namespace

int64_t field_number(std::string_view field, const char* what) {
  if (static_cast<unsigned char>(field[0]) & 0x80) return base256(field, what);
  size_t i = field.find_first_not_of(' ');
  int64_t value = 0;
  for (; i < field.size() && field[i] != ' ' && field[i] != 0; ++i) {
    if (field[i] < '0' || field[i] > '7')
      throw damaged(std::string("the ") + what + " in a tar header is not an octal number");
    value = value * 8 + (field[i] - '0');  // 11 or 12 digits: 36 bits at the most
  }
  return value;
}

}  // namespace ao::deb
