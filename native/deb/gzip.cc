#include <zlib.h>

#include "deb/decompress.h"
#include "deb/fail.h"

namespace ao::deb {

namespace {

class Gzip final : public Decoder {
 public:
  Gzip(Source& in, Watch& watch) : Decoder(in, watch) {
    // 16: gzip headers only, never zlib or raw streams.
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw NativeError("ERR_INTERNAL", "zlib cannot start");
  }
  ~Gzip() override { inflateEnd(&stream_); }

 private:
  size_t fill(char* to, size_t capacity) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(capacity);
    while (stream_.avail_out == capacity) {
      auto piece = in_.peek();
      if (piece.empty()) {
        if (!between_) throw damaged("the gzip stream is cut off");
        return 0;
      }
      if (between_) inflateReset(&stream_);
      between_ = false;
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
      stream_.avail_in = static_cast<uInt>(piece.size());
      int rc = inflate(&stream_, Z_NO_FLUSH);
      in_.take(piece.size() - stream_.avail_in);
      if (rc == Z_STREAM_END)
        between_ = true;
      else if (rc != Z_OK)
        throw damaged(std::string("the gzip stream is damaged: ") + (stream_.msg ? stream_.msg : "no progress"));
    }
    return capacity - stream_.avail_out;
  }

  z_stream stream_{};
  bool between_ = false;
};

}  // namespace

std::unique_ptr<Source> gzip_decoder(Source& in, Watch& watch) { return std::make_unique<Gzip>(in, watch); }

}  // namespace ao::deb
