// A cheap fuzzer that runs everywhere: packages with a few bytes changed are refused with a typed error or read
// whole, and never anything else. Sanitizers watch.
#include <cstdlib>
#include <random>

#include "archive.h"
#include "check.h"
#include "deb/manifest.h"

using namespace ao::test;

namespace {

int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

// MUTATIONS=100000 SEED=7 for a longer run with other changes.
const int kRounds = number("MUTATIONS", 1500);

std::string entries() {
  std::string long_name(180, 'n');
  return tar_entry("./usr/", '5') + tar_entry("./usr/file", '0', std::string(1500, 'x')) +
         tar_entry("././@LongLink", 'L', long_name + '\0') + tar_entry("./cut", '0', "y") +
         tar_entry("./usr/hard", '1', "", "./usr/file") + tar_entry("./usr/link", '2', "", "file");
}

// Read whole, or refused with one of the codes for packages.
void judge(const std::string& bytes, int& accepted) {
  try {
    MemoryStore store;
    ao::deb::manifest_json(read(bytes, store));
    ++accepted;
  } catch (const ao::NativeError& e) {
    CHECK(e.code.rfind("ERR_DEB_", 0) == 0);
  }
}

class Mutator {
 public:
  std::string change(std::string bytes) {
    for (int n = 1 + below(4); n > 0 && !bytes.empty(); --n) {
      size_t at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes[at] ^= static_cast<char>(1 << below(8));
          break;
        case 2:
          bytes.resize(at);
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(600)));
          break;
        case 4:
          bytes.replace(at, 1, below(2) ? "/.." : std::string(1, '\0'));
          break;
      }
    }
    return bytes;
  }

  // Changes bytes of one header and makes its checksum right again.
  std::string change_header(std::string tar) {
    size_t at = below(tar.size() / 512) * 512;
    for (int n = 1 + below(6); n > 0; --n) tar[at + below(512)] = kInteresting[below(sizeof kInteresting - 1)];
    fix_checksum(tar, at);
    return tar;
  }

 private:
  size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  static constexpr char kInteresting[] = "\0/.0123457589xLKgS\xff\x80\x7f \nab";
  std::mt19937 random_{static_cast<unsigned>(number("SEED", 1))};
};

}  // namespace

TEST("changed bytes of the whole file") {
  auto good = package(kControl, entries());
  Mutator mutator;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) judge(mutator.change(good), accepted);
  CHECK(accepted < kRounds / 2);
}

TEST("changed bytes of the inner archive") {
  auto good = entries();
  Mutator mutator;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) judge(package(kControl, mutator.change(good)), accepted);
  CHECK(accepted > 0);
}

TEST("changed headers with right checksums") {
  auto good = entries();
  Mutator mutator;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) judge(package(kControl, mutator.change_header(good)), accepted);
  CHECK(accepted > 0);
}

TEST("changed control files") {
  std::string good = std::string(kControl) + "Depends: a (>= 1), b | c:any\nInstalled-Size: 12\n";
  Mutator mutator;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) judge(package(mutator.change(good), ""), accepted);
  CHECK(accepted > 0);
}
