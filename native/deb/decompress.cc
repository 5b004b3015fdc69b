#include "deb/decompress.h"

namespace ao::deb {

namespace {

class Plain final : public Source {
 public:
  explicit Plain(Source& in) : in_(in) {}
  std::string_view peek() override { return in_.peek(); }
  void take(size_t n) override { in_.take(n); }

 private:
  Source& in_;
};

}  // namespace

std::string_view Decoder::peek() {
  if (at_ == end_) {
    watch_.check();
    at_ = 0;
    end_ = fill(buffer_.data(), buffer_.size());
  }
  return {buffer_.data() + at_, end_ - at_};
}

std::unique_ptr<Source> decoder_for(const std::string& extension, Source& in, Watch& watch) {
  if (extension.empty()) return std::make_unique<Plain>(in);
  if (extension == "xz") return xz_decoder(in, watch);
  if (extension == "gz") return gzip_decoder(in, watch);
  if (extension == "zst") return zstd_decoder(in, watch);
  if (extension == "lzma") return lzma_decoder(in, watch);
  return nullptr;
}

}  // namespace ao::deb
