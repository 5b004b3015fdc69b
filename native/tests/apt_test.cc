// Solving, explaining, ordering and fetching without Node, for the sanitizers. The archive is a flat folder of
// stand-ins for .debs: libapt-pkg looks at their size and hash only.
#include <openssl/sha.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apt/fetch.h"
#include "apt/refresh.h"
#include "apt/session.h"
#include "apt/solve.h"
#include "check.h"

namespace fs = std::filesystem;
using namespace ao::apt;

namespace {

std::string sha256(const std::string& data) {
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), sum);
  std::string hex;
  for (const unsigned char byte : sum) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

class Archive {
 public:
  Archive() {
    char name[] = "/tmp/apt-ostree-apt-XXXXXX";
    path = mkdtemp(name);
    for (const char* dir : {"lists/partial", "archives/partial", "cache", "pool"}) fs::create_directories(path / dir);
    add("app", "Depends: lib (>= 1), service\n");
    add("lib", "Essential: yes\nPre-Depends: core\n");
    add("core", "Multi-Arch: foreign\n");
    add("one", "Provides: service\n");
    add("two", "Provides: service\nConflicts: one\n");
    add("broken", "Depends: middle | absent\n");
    add("middle", "Depends: lib (>= 9)\n");
    write(path / "pool/Packages", packages_);
    write(path / "sources.list", "deb [trusted=yes] file:" + (path / "pool").string() + " ./\n");
    write(path / "none", "");
    write(path / "apt.conf", config());
    Session::instance().configure({(path / "apt.conf").string(), false, ""});
  }
  ~Archive() {
    Session::instance().close();
    fs::remove_all(path);
  }

  std::string lock() const { return path / "lock"; }

  ResolveInput input(const std::vector<std::string>& names) const {
    ResolveInput input;
    input.lists_lock = lock();
    for (const auto& name : names) input.install.push_back({name, name, "", "", "", ""});
    return input;
  }

  fs::path path;

 private:
  void add(const std::string& name, const std::string& fields) {
    const std::string content = "this is " + name + "\n";
    write(path / "pool" / (name + ".deb"), content);
    packages_ += "Package: " + name + "\nVersion: 1\nArchitecture: amd64\n" + fields + "Filename: ./" + name +
                 ".deb\nSize: " + std::to_string(content.size()) + "\nSHA256: " + sha256(content) + "\n\n";
  }

  std::string config() const {
    const std::string dir = path.string() + "/";
    std::string text = "APT::Architecture \"amd64\"; APT::Architectures { \"amd64\"; }; APT::Sandbox::User \"root\";\n";
    const std::pair<const char*, std::string> places[] = {
        {"Dir::State", dir},
        {"Dir::State::lists", dir + "lists/"},
        {"Dir::State::status", dir + "none"},
        {"Dir::Cache", dir + "cache/"},
        {"Dir::Cache::archives", dir + "archives/"},
        {"Dir::Etc::sourcelist", dir + "sources.list"},
        {"Dir::Etc::sourceparts", "/dev/null"},
        {"Dir::Etc::preferences", dir + "none"},
        {"Dir::Etc::preferencesparts", "/dev/null"},
        {"Dir::Etc::trusted", "/dev/null"},
        {"Dir::Etc::trustedparts", "/dev/null"},
    };
    for (const auto& [key, value] : places) text += std::string(key) + " \"" + value + "\";\n";
    return text;
  }

  std::string packages_;
};

const Control kGo{[] { return false; }, [](double, double, const std::string&) {}};

std::string names(const ResolveResult& result) {
  std::string text;
  for (const auto& p : result.install) text += p.name + " ";
  return text;
}

}  // namespace

TEST("a request is solved, ordered and fetched") {
  const Archive archive;
  CHECK_EQUAL(refresh(archive.lock(), kGo).failures.size(), 0U);
  for (int round = 0; round < 3; ++round) {
    const auto result = resolve(archive.input({"app"}), kGo);
    CHECK(result.solved);
    CHECK_EQUAL(result.install.size(), 4U);
    CHECK_EQUAL(result.automatic.size(), 3U);
    CHECK_EQUAL(result.operations.front().name, "core");
    std::vector<FetchWanted> wanted;
    for (const auto& p : result.install) wanted.push_back({p.name, p.version, p.architecture, p.sha256});
    int told = 0;
    const auto fetched = fetch(wanted, {archive.lock(), archive.lock() + "-archives"},
                               [&](const FetchedFile&) { ++told; }, kGo);
    CHECK_EQUAL(fetched.failures.size(), 0U);
    CHECK_EQUAL(told, 4);
  }
}

TEST("what is essential comes when it is asked for") {
  const Archive archive;
  refresh(archive.lock(), kGo);
  auto input = archive.input({});
  input.essential = true;
  const auto result = resolve(input, kGo);
  CHECK(names(result).find("lib") != std::string::npos);
  CHECK_EQUAL(result.install.size(), 2U);
}

TEST("what cannot be satisfied is explained down to its cause") {
  const Archive archive;
  refresh(archive.lock(), kGo);
  const auto result = resolve(archive.input({"broken"}), kGo);
  CHECK(!result.solved);
  CHECK_EQUAL(result.problems.size(), 2U);
  CHECK_EQUAL(result.problems.back().relation, "lib (>= 9)");
  CHECK_EQUAL(resolve(archive.input({"one", "two"}), kGo).solved, false);
  const auto unknown = resolve(archive.input({"cores", "service"}), kGo).unknown;
  CHECK_EQUAL(unknown.size(), 2U);
  CHECK_EQUAL(unknown[0].near.at(0), "core");
  CHECK_EQUAL(unknown[1].near.size(), 2U);
}

TEST("a file with another hash is refused, and a cancelled call stops") {
  const Archive archive;
  refresh(archive.lock(), kGo);
  const auto result = resolve(archive.input({"core"}), kGo);
  write(archive.path / "pool/core.deb", "this is evil\n");
  const auto& core = result.install.at(0);
  const FetchLocks locks{archive.lock(), archive.lock() + "-archives"};
  const auto fetched = fetch({{core.name, core.version, core.architecture, core.sha256}}, locks,
                             [](const FetchedFile&) {}, kGo);
  CHECK_EQUAL(fetched.failures.size(), 1U);
  const Control stop{[] { return true; }, [](double, double, const std::string&) {}};
  CHECK_REFUSED("ERR_CANCELLED", refresh(archive.lock(), stop));
  CHECK_REFUSED("ERR_CANCELLED", resolve(archive.input({"core"}), stop));
}

TEST("a configuration that cannot be read leaves no session") {
  const Archive archive;
  write(archive.path / "apt.conf", "Foo { Bar");
  CHECK_REFUSED("ERR_APT: Syntax error", Session::instance().configure({archive.path / "apt.conf", false, ""}));
  CHECK_REFUSED("ERR_INTERNAL", resolve(archive.input({"core"}), kGo));
}
