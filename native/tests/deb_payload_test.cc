#include "archive.h"
#include "check.h"
#include "deb/payload.h"

using namespace ao::test;
using namespace ao::deb;

namespace {

Payload payload(const std::string& entries, size_t max_entries = 100, uint64_t max_bytes = kMiB) {
  StringSource in(entries + tar_end(), 1000);
  LimitedSource limited(in, max_bytes);
  MemoryStore store;
  return read_payload(limited, max_entries, store);
}

}  // namespace

TEST("symlinks come last, hardlinks repeat their file") {
  auto p = payload(tar_entry("./a", '2', "", "b") + tar_entry("./b", '0', "text") + tar_entry("./c", '1', "", "b") +
                   tar_entry("./d/", '5'));
  std::string order;
  for (const auto& e : p.entries) order += e.path + e.type + " ";
  CHECK_EQUAL(order, "/bf /ch /dd /al ");
  CHECK_EQUAL(p.entries[1].target, "/b");
  CHECK_EQUAL(p.entries[1].checksum, "file 644 0 0 text");
  CHECK_EQUAL(p.entries[1].md5, "1cb251ec0d568de6a929b520c4aed8d1");
  CHECK_EQUAL(p.entries[3].checksum, "link 0 0 b");
}

TEST("the first directory of a path counts") {
  auto p = payload(tar_entry("./lib/", '5') + tar_entry("./usr/lib/", '5'));
  CHECK(p.entries[0].placed && !p.entries[1].placed);
  CHECK_EQUAL(p.entries[0].canonical, "usr/lib");
}

TEST("limits hold before anything is stored") {
  CHECK_REFUSED("ERR_DEB_LIMIT: it has more than 2 entries",
                payload(tar_entry("./a") + tar_entry("./b") + tar_entry("./c"), 2));
  CHECK_REFUSED("ERR_DEB_LIMIT: it unpacks", payload(tar_entry("./a", '0', std::string(2000, 'x')), 9, 2000));
}

TEST("differences to md5sums are reported") {
  auto p = payload(tar_entry("./a", '0', "text"));
  compare_md5sums({{"a", "1cb251ec0d568de6a929b520c4aed8d1"}}, p);
  CHECK(p.audit.empty());
  compare_md5sums({{"a", "0"}, {"b", "0"}}, p);
  CHECK_EQUAL(p.audit.size(), 2u);
}
