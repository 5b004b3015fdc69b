#include <zstd.h>

#include "deb/decompress.h"
#include "deb/fail.h"
#include "deb/limits.h"

namespace ao::deb {

namespace {

struct Free {
  void operator()(ZSTD_DCtx* p) const { ZSTD_freeDCtx(p); }
};

class Zstd final : public Decoder {
 public:
  Zstd(Source& in, Watch& watch) : Decoder(in, watch), context_(ZSTD_createDCtx()) {
    if (!context_ || ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLog)))
      throw NativeError("ERR_INTERNAL", "zstd cannot start");
  }

 private:
  size_t fill(char* to, size_t capacity) override {
    ZSTD_outBuffer out{to, capacity, 0};
    while (out.pos == 0) {
      auto piece = in_.peek();
      // The decoder may hold output back: only a call without input that gives nothing means the end.
      ZSTD_inBuffer in{piece.data(), piece.size(), 0};
      if (piece.empty() && between_) return 0;
      size_t rc = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(rc)) throw zstd_error(rc);
      in_.take(in.pos);
      between_ = rc == 0;
      if (piece.empty() && out.pos == 0 && !between_) throw damaged("the zstd stream is cut off");
    }
    return out.pos;
  }

  static NativeError zstd_error(size_t rc) {
    std::string text = ZSTD_getErrorName(rc);
    if (text.find("too much memory") != std::string::npos)
      return over_limit("the zstd stream needs a window above " + std::to_string((1 << kZstdWindowLog) / kMiB) +
                        " MiB");
    return damaged("the zstd stream is damaged: " + text);
  }

  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool between_ = false;
};

}  // namespace

std::unique_ptr<Source> zstd_decoder(Source& in, Watch& watch) { return std::make_unique<Zstd>(in, watch); }

}  // namespace ao::deb
