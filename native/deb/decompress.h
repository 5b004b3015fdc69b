// Decompressors. All demand the end of the stream and nothing after it; several streams in a row are one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "deb/source.h"

namespace ao::deb {

// Has the output buffer; a subclass fills it.
class Decoder : public Source {
 public:
  std::string_view peek() final;
  void take(size_t n) final { at_ += n; }

 protected:
  Decoder(Source& in, Watch& watch) : in_(in), watch_(watch), buffer_(256 * 1024) {}
  // Writes up to `capacity` bytes (at least one) and returns their number; 0 at the end.
  virtual size_t fill(char* to, size_t capacity) = 0;

  Source& in_;

 private:
  Watch& watch_;
  std::vector<char> buffer_;
  size_t at_ = 0, end_ = 0;
};

std::unique_ptr<Source> gzip_decoder(Source& in, Watch& watch);
std::unique_ptr<Source> xz_decoder(Source& in, Watch& watch);
std::unique_ptr<Source> lzma_decoder(Source& in, Watch& watch);
std::unique_ptr<Source> zstd_decoder(Source& in, Watch& watch);

// By the extension of the member's name ("" none, "gz", "xz", "zst", "lzma"); null for any other.
std::unique_ptr<Source> decoder_for(const std::string& extension, Source& in, Watch& watch);

}  // namespace ao::deb
