#include "archive.h"
#include "check.h"
#include "deb/tar.h"
#include "deb/tar_header.h"

using namespace ao::test;
using ao::deb::field_number;
using ao::deb::TarEntry;
using ao::deb::TarReader;

TEST("entries come with content, whatever the pieces") {
  auto tar = tar_entry("./d/", '5') + tar_entry("./d/f", '0', std::string(700, 'x')) +
             tar_entry("./l", '2', "", "d/f") + tar_end();
  for (size_t step : {1u, 511u, 512u, 70000u}) {
    StringSource in(tar, step);
    TarReader reader(in);
    TarEntry e;
    CHECK(reader.next(e) && e.type == ao::deb::TarType::dir && e.mode == 0755);
    CHECK(reader.next(e) && e.size == 700);
    CHECK_EQUAL(read_all(reader.content()), std::string(700, 'x'));
    CHECK(reader.next(e) && e.link == "d/f" && e.uname == "root");
    CHECK(!reader.next(e));
    CHECK(in.peek().empty());
  }
}

TEST("cut at any block, an archive is refused") {
  auto tar = tar_entry("./f", '0', "content") + tar_entry("./g") + tar_end();
  for (size_t n = 0; n < tar.size() - 1024; n += 64) {
    StringSource in(tar.substr(0, n));
    CHECK_REFUSED("ERR_DEB_FORMAT", {
      TarReader reader(in);
      TarEntry e;
      while (reader.next(e)) continue;
    });
  }
}

TEST("numbers are octal or base 256") {
  using std::string;
  auto number = [](string field) { return field_number(field, "field"); };
  CHECK_EQUAL(number("0000644\0"), 0644);
  CHECK_EQUAL(number("  644 \0"), 0644);
  CHECK_EQUAL(number(string(8, '\0')), 0);
  CHECK_EQUAL(number(string(8, ' ')), 0);
  CHECK_EQUAL(number(string("\x80\0\0\0\0\0\1\2", 8)), 258);
  CHECK_EQUAL(number(string(12, '\xff')), -1);
  CHECK_EQUAL(number("777777777777"), (int64_t{1} << 36) - 1);
  CHECK_EQUAL(number(string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12)), INT64_MAX);
  CHECK_REFUSED("field in a tar header is too large", number(string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12)));
  CHECK_REFUSED("field in a tar header is too large", number(string("\xff\0\0\0\0\0\0\0\0\0\0\0", 12)));
  CHECK_REFUSED("not an octal number", number("00x"));
}
