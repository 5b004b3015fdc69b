#include "check.h"
#include "deb/control.h"
#include "deb/control_files.h"

using namespace ao::deb;

TEST("a paragraph") {
  auto p = Paragraph::parse("\nPackage: a\nX-Long: one\n two\n .\n\tthree\nEmpty:\n");
  CHECK_EQUAL(*p.find("package"), "a");
  CHECK_EQUAL(*p.find("X-Long"), "one\n two\n .\n\tthree");
  CHECK_EQUAL(*p.find("Empty"), "");
  CHECK(!p.find("None"));
  for (const char* bad : {"", "\n\n", "x\n", ": x\n", "#a: x\n", "-a: x\n", "a b: x\n", " a: x\n", "A: x\na: y\n",
                          "A: x\n\nB: y\n", "A: x", "A: \r\n"})
    CHECK_REFUSED("ERR_DEB_CONTROL", Paragraph::parse(bad));
}

TEST("versions") {
  for (const char* good : {"1", "1:2-3", "0:0", "2147483647:1", "1.2.3~rc1+b2-0ubuntu1.1", "1-2-3", "1:2:3"})
    check_version(good, "Version");
  for (const char* bad :
       {"", ":1", "x:1", "-1:1", "2147483648:1", "99999999999:1", "a1", "1-", "1_2", "1 2", "1:", "1/2", "-1", "1-a_b"})
    CHECK_REFUSED("Version", check_version(bad, "Version"));
}

TEST("names and architectures") {
  for (const char* good : {"a", "libstdc++6", "0ad", "python3.11", "x-y"}) check_package_name(good, "Package");
  for (const char* bad : {"", "-a", "+a", ".a", "A", "a_b", "a/b", "a b", "a\n"})
    CHECK_REFUSED("Package", check_package_name(bad, "Package"));
  for (const char* good : {"amd64", "all", "any", "kfreebsd-i386"}) check_architecture(good, "Architecture");
  for (const char* bad : {"", "-x", "x y", "a/b", "Amd64"})
    CHECK_REFUSED("Architecture", check_architecture(bad, "Architecture"));
}

TEST("relations") {
  for (const char* good :
       {"", "a", "a, b", "a | b", "a:any", "a (>= 1)", "a(=1:2-3)", "a ( << 1 ) ,\n b", "a (1)", "a (< 1), b (> 2)"})
    check_relations(good, "Depends");
  for (const char* bad : {",", "a,", "a,,b", "a |", "a (>= )", "a (>= 1", "a )", "a b", "a (== 1)", "a (>= 1) b", "A",
                          "a:", "a (>= 1 2)", "(>= 1)"})
    CHECK_REFUSED("Depends", check_relations(bad, "Depends"));
}

TEST("the identity and what it must not claim") {
  auto f = read_control("Package: a\nVersion: 1\nArchitecture: all\nInstalled-Size: 42\nEssential: Yes\n");
  CHECK_EQUAL(f.installed_kib, 42u);
  CHECK(f.essential);
  CHECK_REFUSED("control has no Architecture", read_control("Package: a\nVersion: 1\n"));
  CHECK_REFUSED("Triggers-Pending", read_control("Package: a\nVersion: 1\nArchitecture: all\nTriggers-Pending: x\n"));
  CHECK_EQUAL(read_control("Package: a\nVersion: 1\nArchitecture: all\nInstalled-Size: -1\n").installed_kib, 0u);
}

TEST("conffiles, triggers and md5sums") {
  check_conffiles("");
  check_conffiles("/etc/a\n/etc/b with blanks\n\nremove-on-upgrade /etc/c\n");
  for (const char* bad :
       {"/etc/a", "etc/a\n", "x /etc/a\n", "remove-on-upgrade\n", "remove-on-upgrade x\n", "/a/../b\n", "/a\r\n"})
    CHECK_REFUSED("ERR_DEB_CONTROL: conffiles", check_conffiles(bad));
  check_triggers("# none\n\n interest /usr/x # why\nactivate-noawait ldconfig\n");
  for (const char* bad : {"interest\n", "Interest x\n", "interest a b\n", "interest \xc3\xa9\n"})
    CHECK_REFUSED("ERR_DEB_CONTROL: triggers", check_triggers(bad));
  auto sums = read_md5sums(std::string(32, 'a') + "  usr/x y\nshort\n" + std::string(32, 'b') + "  ../x\n");
  CHECK_EQUAL(sums.size(), 1u);
  CHECK_EQUAL(sums["usr/x y"], std::string(32, 'a'));
}

TEST("member names") {
  for (const char* good : {"postinst", "md5sums", "x_y-z"}) check_member_name(good);
  for (const char* bad : {"list", "a.b", "a b", "\xc3\xa9"}) CHECK_REFUSED("ERR_DEB_CONTROL", check_member_name(bad));
}
