#include <lzma.h>

#include "deb/decompress.h"
#include "deb/fail.h"
#include "deb/limits.h"

namespace ao::deb {

namespace {

NativeError lzma_error(lzma_ret rc) {
  switch (rc) {
    case LZMA_MEMLIMIT_ERROR:
      return over_limit("the xz stream needs more than " + std::to_string(kXzMemory / kMiB) + " MiB of memory");
    case LZMA_FORMAT_ERROR:
      return damaged("this is not an xz stream");
    case LZMA_OPTIONS_ERROR:
      return damaged("the xz stream uses options that are not supported");
    case LZMA_MEM_ERROR:
      return over_limit("there is no memory for the xz stream");
    default:
      return damaged("the xz stream is damaged");
  }
}

class Xz final : public Decoder {
 public:
  Xz(Source& in, Watch& watch, bool alone) : Decoder(in, watch) {
    lzma_ret rc =
        alone ? lzma_alone_decoder(&stream_, kXzMemory) : lzma_stream_decoder(&stream_, kXzMemory, LZMA_CONCATENATED);
    if (rc != LZMA_OK) throw lzma_error(rc);
  }
  ~Xz() override { lzma_end(&stream_); }

 private:
  size_t fill(char* to, size_t capacity) override {
    stream_.next_out = reinterpret_cast<uint8_t*>(to);
    stream_.avail_out = capacity;
    while (!ended_ && stream_.avail_out == capacity) {
      auto piece = in_.peek();
      stream_.next_in = reinterpret_cast<const uint8_t*>(piece.data());
      stream_.avail_in = piece.size();
      // LZMA_FINISH on an empty rest: a stream that is not complete then gives LZMA_BUF_ERROR.
      lzma_ret rc = lzma_code(&stream_, piece.empty() ? LZMA_FINISH : LZMA_RUN);
      in_.take(piece.size() - stream_.avail_in);
      if (rc == LZMA_STREAM_END)
        end();
      else if (rc == LZMA_BUF_ERROR)
        throw damaged("the xz stream is cut off");
      else if (rc != LZMA_OK)
        throw lzma_error(rc);
    }
    return capacity - stream_.avail_out;
  }

  void end() {
    ended_ = true;
    if (!in_.peek().empty()) throw damaged("something follows the end of the xz stream");
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Source> xz_decoder(Source& in, Watch& watch) { return std::make_unique<Xz>(in, watch, false); }

std::unique_ptr<Source> lzma_decoder(Source& in, Watch& watch) { return std::make_unique<Xz>(in, watch, true); }

}  // namespace ao::deb
