#include "archive.h"
#include "check.h"
#include "deb/digest.h"
#include "deb/json.h"
#include "deb/manifest.h"
#include "deb/package.h"

using namespace ao::test;
using namespace ao::deb;

TEST("a package is read and hashed in one pass") {
  auto bytes = package(kControl, tar_entry("./usr/x", '0', "content"));
  MemoryStore store;
  auto p = read(bytes, store);
  auto digest = Digest::sha256();
  digest.update(bytes);
  CHECK_EQUAL(p.sha256, digest.finish());
  CHECK_EQUAL(p.size, bytes.size());
  CHECK_EQUAL(p.control.fields.name, "demo");
  CHECK_EQUAL(p.control.control, kControl);
  CHECK_EQUAL(p.payload.entries.at(1).path, "/usr/x");
}

TEST("what follows data.tar is hashed, too") {
  auto bytes = package(kControl, "") + ar_member("_tail", "x");
  MemoryStore store;
  CHECK_EQUAL(read(bytes, store).size, bytes.size());
}

TEST("the error names the member") {
  MemoryStore store;
  CHECK_REFUSED("ERR_DEB_FORMAT: data.tar.gz: ./pipe", read(package(kControl, tar_entry("./pipe", '6')), store));
  CHECK_REFUSED("ERR_DEB_CONTROL: control.tar.gz: control has no Version", read(package("Package: a\n", ""), store));
}

TEST("JSON is escaped") {
  JsonWriter json;
  json.open('{');
  json.key("a\"b");
  json.open('[');
  json.text("\\ \n\t\x01\x1f \x7f \xc3\xa9");
  json.number(-5);
  json.close(']');
  json.key("c");
  json.text("");
  json.close('}');
  CHECK_EQUAL(json.take(), "{\"a\\\"b\":[\"\\\\ \\n\\u0009\\u0001\\u001f \x7f \xc3\xa9\",-5],\"c\":\"\"}");
}

TEST("the manifest repeats the columns in order") {
  MemoryStore store;
  auto json = manifest_json(read(package(kControl, tar_entry("./b") + tar_entry("./a", '2', "", "b")), store));
  CHECK(json.rfind("{\"format\":1,\"control\":\"Package: demo\\n", 0) == 0);
  CHECK(json.find("\"path\":[\"/.\",\"/b\",\"/a\"],\"type\":[\"d\",\"f\",\"l\"]") != json.npos);
  CHECK(json.find("\"audit\":[]}") != json.npos);
}
