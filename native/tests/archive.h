// Makes archives for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deb/package.h"

namespace ao::test {

// A source over a string that gives `step` bytes at a time.
class StringSource final : public deb::Source {
 public:
  explicit StringSource(std::string bytes, size_t step = SIZE_MAX) : bytes_(std::move(bytes)), step_(step) {}
  std::string_view peek() override { return std::string_view(bytes_).substr(at_, step_); }
  void take(size_t n) override { at_ += n; }

 private:
  std::string bytes_;
  size_t step_, at_ = 0;
};

// All that is left of a source.
std::string read_all(deb::Source& source);

// Keeps contents in memory; an object's checksum is "<kind> <mode> <uid> <gid> <content>".
class MemoryStore final : public deb::ObjectStore {
 public:
  void begin(const deb::FileMeta& meta) override;
  void write(std::string_view piece) override { open_ += piece; }
  std::string end() override { return open_; }
  std::string symlink(uint32_t uid, uint32_t gid, const std::string& target) override;

 private:
  std::string open_;
};

std::string tar_entry(const std::string& name, char type = '0', const std::string& data = "",
                      const std::string& link = "");
// Writes the right checksum into the header at `at`.
void fix_checksum(std::string& tar, size_t at);
std::string tar_end();

std::string ar_member(const std::string& name, const std::string& data);
std::string gzip(const std::string& data);
std::string xz(const std::string& data);
std::string zstd(const std::string& data);

extern const char* const kControl;
// A whole package out of its control text and the entries of data.tar.
std::string package(const std::string& control, const std::string& entries);

// Reads a package that lies in memory.
deb::Package read(const std::string& bytes, deb::ObjectStore& store);

}  // namespace ao::test
