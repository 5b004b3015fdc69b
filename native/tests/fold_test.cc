// Changes in, commit, look-ups, layer and checkout out: the whole way of a tree without Node.
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "check.h"
#include "ostree/changes.h"
#include "ostree/checkout.h"
#include "ostree/materialize.h"
#include "ostree/refs.h"
#include "ostree/remove_tree.h"
#include "ostree/tree_reader.h"
#include "ostree/write_commit.h"

using namespace ao::test;
using namespace std::string_literals;

namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/apt-ostree-native-XXXXXX";
    if (!mkdtemp(name)) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() {
    nftw(path.c_str(), [](const char* p, const struct stat*, int, struct FTW*) { return remove(p); }, 16, FTW_DEPTH | FTW_PHYS);
  }
  std::string path;
};

const std::string kUser = std::to_string(getuid());
const std::string kGroup = std::to_string(getgid());

std::string record(std::initializer_list<std::string> fields) {
  std::string out;
  for (const auto& f : fields) out += f + '\0';
  return out;
}
std::string dir(const std::string& path) { return record({"d", "493", kUser, kGroup, "", path}); }

struct Bench {
  Folder folder;
  ao::RepoState state;

  Bench() { ao::open_repo(state, folder.path + "/repo", getuid() == 0 ? "bare" : "bare-user", nullptr); }

  std::string file(int n) {
    auto path = folder.path + "/file" + std::to_string(n);
    std::ofstream(path) << "content " << n;
    return path;
  }

  ao::WrittenCommit write(const std::optional<std::string>& base, const std::string& packed) {
    {
      ao::RepoUse use(state, ao::Access::kExclusive);
      ao::begin_transaction(use, nullptr);
    }
    ao::WrittenCommit written;
    auto failure = std::exception_ptr();
    try {
      ao::RepoUse use(state);
      ao::CommitRequest request;
      request.base = base;
      request.changes = ao::parse_changes(packed);
      request.metadata["key"] = std::vector<std::string>{"a", "b"};
      written = ao::write_commit(use.get(), request, [](double, double) {}, nullptr);
    } catch (...) {
      failure = std::current_exception();
    }
    ao::RepoUse use(state, ao::Access::kExclusive);
    if (failure) {
      ao::abort_transaction(use);
      std::rethrow_exception(failure);
    }
    ao::commit_transaction(use, nullptr);
    return written;
  }

  // Two hundred files in ten folders: enough for both threads.
  std::string many() {
    std::string packed = dir("/usr");
    for (int d = 0; d < 10; ++d) {
      auto folder = "/usr/d" + std::to_string(d);
      packed += dir(folder);
      for (int f = 0; f < 20; ++f) packed += record({"f", file(f), folder + "/f" + std::to_string(f)});
    }
    return packed;
  }
};

}  // namespace

TEST("a tree is written, changed, read and taken out again") {
  Bench b;
  auto base = b.write(std::nullopt, b.many());
  auto changed = b.write(base.commit, record({"m", "/usr/d1", "/moved"}) + record({"r", "/usr/d2"}) + dir("/usr/d3/f1"));
  ao::RepoUse use(b.state);
  ao::TreeReader reader(use.get(), changed.commit, nullptr);
  std::set<std::string> paths;
  reader.list("/", 100, [&](const std::string& path, const ao::TreeNode&) { paths.insert(path); });
  CHECK_EQUAL(paths.size(), size_t(1 + 9 + 9 * 20 + 0));
  CHECK(paths.count("/moved/f19") == 1 && paths.count("/usr/d2") == 0);
  CHECK(std::holds_alternative<ao::NodeDir>(reader.lookup("/usr/d3/f1")));
  auto blocked = reader.lookup("/moved/f1/x");
  CHECK_EQUAL(std::get<ao::NodeBlocked>(blocked).at, "/moved/f1");
  CHECK_EQUAL(ao::read_object(use.get(), *reader.object_at("/moved/f7"), nullptr), "content 7");
  CHECK(ao::read_commit(use.get(), changed.commit).root_checksum == changed.root_checksum);
  if (getuid() != 0) return;
  auto out = b.folder.path + "/out";
  CHECK_EQUAL(ao::checkout(use.get(), changed.commit, "/", out, false, [](double) {}, nullptr).files, size_t(179));
  ao::materialize(use.get(), out, ao::parse_changes(record({"r", "/moved"}) + dir("/moved")), false, nullptr);
  CHECK(access((out + "/moved/f1").c_str(), F_OK) != 0);
  ao::remove_tree(out, nullptr);
  CHECK(access(out.c_str(), F_OK) != 0);
}

TEST("a commit that fails leaves the repository as it was") {
  Bench b;
  CHECK_REFUSED("ERR_OSTREE_NOT_FOUND", b.write(std::nullopt, b.many() + dir("/none/x")));
  CHECK_REFUSED("ERR_SYSTEM", b.write(std::nullopt, b.many() + record({"f", "/none/file", "/x"})));
  auto written = b.write(std::nullopt, b.many());
  CHECK(written.stats.objects_written > 20);
}

TEST("changes that are not well formed are refused") {
  auto parse = [](const std::string& packed) { ao::parse_changes(packed); };
  for (const auto& good : {""s, dir("/"), dir("/a/b"), record({"r", "/a"}), record({"m", "/a", "/b"})}) parse(good);
  const std::string checksum(64, 'a');
  for (const auto& bad :
       {"d"s, record({"x", "/a"}), record({"d", "-1", "0", "0", "", "/a"}), record({"d", "4096", "0", "0", "", "/a"}),
        record({"d", "493", "", "0", "", "/a"}), record({"d", "493", "99999999999", "0", "", "/a"}),
        record({"d", "493", "0", "0", "relative", "/a"}), record({"o", "short", "/a"}),
        record({"o", std::string(64, 'A'), "/a"}), record({"o", checksum}), record({"f", "relative", "/a"}),
        record({"r", "/a"}) + "r"})
    CHECK_REFUSED("ERR_INTERNAL", parse(bad));
  for (const std::string path : {"", "a", "/", "/a/", "//a", "/a/./b", "/..", "/a/../b"})
    CHECK_REFUSED("ERR_UNSAFE_PATH", parse(record({"r", path})));
  auto whole = dir("/a") + record({"o", checksum, "/a/b"}) + record({"m", "/a", "/c"});
  for (size_t n = 0; n < whole.size(); ++n) {
    auto refused = refusal([&] { parse(whole.substr(0, n)); });
    CHECK(refused.empty() || refused.compare(0, 4, "ERR_") == 0);
  }
}

TEST("a repository that is closed while it is used closes when the use ends") {
  Bench b;
  {
    ao::RepoUse use(b.state);
    ao::close_repo(b.state);
    CHECK(ao::list_refs(use.get(), std::nullopt, nullptr).empty());
    CHECK_REFUSED("ERR_CLOSED", ao::RepoUse another(b.state));
  }
  CHECK(!b.state.repo);
}
