#include "check.h"
#include "deb/fail.h"
#include "deb/path.h"
#include "deb/payload_tree.h"

using namespace ao::deb;

TEST("names are cleaned") {
  CHECK_EQUAL(clean_name("./usr//bin/./ls"), "usr/bin/ls");
  CHECK_EQUAL(clean_name("/etc/"), "etc");
  CHECK_EQUAL(clean_name("./"), "");
  CHECK_EQUAL(clean_name("..."), "...");
  for (const char* bad :
       {"", "..", "../x", "a/../b", "a/..", "x\ny", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
    CHECK_REFUSED("ERR_DEB_FORMAT", clean_name(bad));
}

TEST("names keep to the limits of Linux") {
  CHECK_EQUAL(clean_name(std::string(255, 'x')).size(), 255u);
  CHECK_REFUSED("255 bytes", clean_name(std::string(256, 'x')));
  std::string deep;
  for (int i = 0; i < 256; ++i) deep += "d/";
  CHECK_EQUAL(clean_name(deep).size(), 511u);
  CHECK_REFUSED("256 parts", clean_name(deep + "d"));
  std::string path;
  for (int i = 0; i < 17; ++i) path += std::string(255, 'x') + "/";
  CHECK_REFUSED("4095 bytes", clean_name(path));
}

TEST("merged /usr") {
  CHECK_EQUAL(canonical_path("bin/ls"), "usr/bin/ls");
  CHECK_EQUAL(canonical_path("lib"), "usr/lib");
  CHECK_EQUAL(canonical_path("library/x"), "library/x");
  CHECK_EQUAL(canonical_path("usr/bin"), "usr/bin");
  CHECK_EQUAL(canonical_path(""), "");
}

TEST("reserved paths") {
  CHECK(reserved_reason("ostree/repo", false));
  CHECK(reserved_reason("boot/loader.0", true));
  CHECK(reserved_reason("var/lib/dpkg/status", false));
  CHECK(!reserved_reason("var/lib/dpkg/info", true));
  CHECK(!reserved_reason("ostreecloth", false));
  CHECK(!reserved_reason("usr/lib/ostree/ostree-prepare-root", false));
}

TEST("names are shown without control characters") {
  CHECK_EQUAL(shown("a\x1b[0m\xc3\xa9"), "a\\x1b[0m\xc3\xa9");
  CHECK_EQUAL(shown("\xe9"), "\\xe9");
  CHECK_EQUAL(shown(std::string(299, 'x') + "\xc3\xa9"), std::string(299, 'x') + "...");
}

TEST("the tree knows what it has") {
  PayloadTree tree;
  CHECK(tree.add_dir("usr"));
  CHECK(!tree.add_dir("usr"));
  tree.add_leaf("opt/a/b", 3, true);
  CHECK(tree.add_dir("opt/a"));  // only implied before
  CHECK_EQUAL(tree.regular_file("opt/a/b"), 3);
  CHECK_EQUAL(tree.regular_file("opt/a"), -1);
  tree.add_leaf("link", 4, false);
  CHECK_EQUAL(tree.regular_file("link"), -1);
  CHECK_REFUSED("below /link", tree.add_leaf("link/x/y", 5, true));
  CHECK_REFUSED("twice", tree.add_leaf("opt", 5, true));
  CHECK_REFUSED("something else", tree.add_dir("link"));
}
