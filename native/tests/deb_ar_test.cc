#include "archive.h"
#include "check.h"
#include "deb/ar.h"

using namespace ao::test;
using ao::deb::ArReader;

TEST("members are read in order, whatever the pieces") {
  for (size_t step : {1u, 7u, 60u, 4096u}) {
    StringSource in("!<arch>\n" + ar_member("one", "123") + ar_member("two/", "4567"), step);
    ArReader ar(in);
    auto one = ar.next();
    CHECK_EQUAL(one->name, "one");
    CHECK_EQUAL(read_all(ar.content()), "123");
    auto two = ar.next();
    CHECK_EQUAL(two->name, "two");
    CHECK_EQUAL(two->size, 4u);
    CHECK(!ar.next());
  }
}

TEST("a member that nobody read is passed over") {
  StringSource in("!<arch>\n" + ar_member("one", std::string(1001, 'x')) + ar_member("two", ""));
  ArReader ar(in);
  ar.next();
  CHECK_EQUAL(ar.next()->name, "two");
}

TEST("the padding after the last member may be missing") {
  auto bytes = "!<arch>\n" + ar_member("one", "123");
  bytes.pop_back();
  StringSource in(bytes);
  ArReader ar(in);
  ar.next();
  CHECK(!ar.next());
}

TEST("cut at any byte, an archive never seems whole with its member") {
  auto bytes = "!<arch>\n" + ar_member("one", "1234");
  for (size_t n = 0; n < bytes.size(); ++n) {
    StringSource in(bytes.substr(0, n));
    std::string content;
    auto found = refusal([&] {
      ArReader ar(in);
      if (ar.next()) content = read_all(ar.content());
    });
    CHECK(content.empty());
    CHECK_EQUAL(found.empty(), n == 8);  // the magic alone is an empty archive
  }
}
