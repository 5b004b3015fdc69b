#include "archive.h"
#include "check.h"
#include "deb/decompress.h"

using namespace ao::test;

namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += std::to_string(i * 7919 % 1000) + (i % 97 ? "," : "\n");
  return text;
}

std::string decode(const std::string& extension, const std::string& bytes, size_t step = SIZE_MAX) {
  StringSource in(bytes, step);
  ao::deb::Watch watch;
  return read_all(*ao::deb::decoder_for(extension, in, watch));
}

struct Format {
  const char* extension;
  std::string (*encode)(const std::string&);
};
const Format kFormats[] = {{"gz", gzip}, {"xz", xz}, {"zst", zstd}};

}  // namespace

TEST("all bytes come back, whatever the pieces") {
  auto text = sample();
  for (const auto& f : kFormats)
    for (size_t step : {size_t{1}, size_t{333}, SIZE_MAX}) CHECK(decode(f.extension, f.encode(text), step) == text);
}

TEST("several streams are one") {
  for (const auto& f : kFormats) CHECK_EQUAL(decode(f.extension, f.encode("one ") + f.encode("two"), 5), "one two");
}

TEST("nothing at all is not an empty stream") {
  for (const auto& f : kFormats) {
    CHECK_EQUAL(decode(f.extension, f.encode("")), "");
    CHECK_REFUSED("ERR_DEB_FORMAT", decode(f.extension, ""));
  }
}

TEST("a stream that is cut anywhere is refused") {
  for (const auto& f : kFormats) {
    auto bytes = f.encode("some text that is long enough to be cut");
    for (size_t n = 0; n < bytes.size(); ++n) CHECK_REFUSED("ERR_DEB_FORMAT", decode(f.extension, bytes.substr(0, n)));
  }
}

TEST("what follows the end is refused") {
  for (const auto& f : kFormats)
    CHECK_REFUSED("ERR_DEB_FORMAT", decode(f.extension, f.encode("text") + "tail tail tail"));
}

TEST("a watch can end it") {
  struct Enough {};
  struct Impatient final : ao::deb::Watch {
    void check() override { throw Enough(); }
  } watch;
  StringSource in(xz("text"));
  auto source = ao::deb::decoder_for("xz", in, watch);
  bool ended = false;
  try {
    source->peek();
  } catch (const Enough&) {
    ended = true;
  }
  CHECK(ended);
}

TEST("unknown compressions have no decoder") {
  StringSource in("");
  ao::deb::Watch watch;
  CHECK(!ao::deb::decoder_for("bz2", in, watch));
}
