// One 512-byte tar header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ao::deb {

struct TarHeader {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], type, link[100], magic[6], version[2],
      uname[32], gname[32], devmajor[8], devminor[8], prefix[155], unused[12];

  bool all_zero() const;
  // The header's sum is right.
  bool intact() const;
  bool gnu() const;
  bool posix() const;
  // The name with the POSIX prefix before it.
  std::string full_name() const;
};
static_assert(sizeof(TarHeader) == 512, "tar headers are 512 bytes");

// Text up to NUL or the end of the field.
std::string field_text(const char* field, size_t size);
// Octal digits or GNU's base 256, as signed. `what` names the field in errors.
int64_t field_number(std::string_view field, const char* what);

}  // namespace ao::deb
