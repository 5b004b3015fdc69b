// Where the contents of a package go. One file is open at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ao::deb {

struct FileMeta {
  uint32_t mode = 0;  // permission bits, 07777
  uint32_t uid = 0, gid = 0;
  uint64_t size = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // A regular file of exactly `meta.size` bytes follows; `end` returns the checksum of its object.
  virtual void begin(const FileMeta& meta) = 0;
  virtual void write(std::string_view piece) = 0;
  virtual std::string end() = 0;
  virtual std::string symlink(uint32_t uid, uint32_t gid, const std::string& target) = 0;
};

}  // namespace ao::deb
