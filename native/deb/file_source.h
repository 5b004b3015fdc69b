// The .deb itself: one descriptor, read once. What is hashed is what is parsed.
#pragma once

#include <vector>

#include "deb/digest.h"
#include "deb/source.h"

namespace ao::deb {

class FileSource final : public Source {
 public:
  // Does not own `fd`; reads from its present offset.
  FileSource(int fd, Watch& watch);
  std::string_view peek() override;
  void take(size_t n) override { at_ += n; }

  uint64_t bytes_read() const { return bytes_; }
  // Reads on to the end of the file and gives the SHA-256 of all that was read.
  std::string sha256();

 private:
  int fd_;
  Watch& watch_;
  Digest digest_ = Digest::sha256();
  std::vector<char> buffer_;
  size_t at_ = 0, end_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace ao::deb
