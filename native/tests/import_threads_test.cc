// Imports on several threads within one transaction: the same commits as one by one.
#include <ftw.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "archive.h"
#include "check.h"
#include "ostree/import_deb.h"

using namespace ao::test;

namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/apt-ostree-native-XXXXXX";
    if (!mkdtemp(name)) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() {
    nftw(
        path.c_str(), [](const char* p, const struct stat*, int, struct FTW*) { return remove(p); }, 16,
        FTW_DEPTH | FTW_PHYS);
  }
  std::string path;
};

std::vector<std::string> write_debs(const std::string& folder, int count) {
  std::vector<std::string> files;
  for (int i = 0; i < count; ++i) {
    auto n = std::to_string(i);
    std::string entries = tar_entry("./usr/share/common", '0', "the same in all") + tar_entry("./usr/own" + n, '0', n);
    for (int k = 0; k < 50; ++k) entries += tar_entry("./usr/f" + std::to_string(k), '0', std::to_string(k * i % 7));
    std::string control = kControl;
    control.replace(control.find("demo"), 4, "demo" + n);
    files.push_back(folder + "/" + n + ".deb");
    std::ofstream(files.back(), std::ios::binary) << (i % 5 == 4 ? "damaged" : package(control, entries));
  }
  return files;
}

// The commits by file; "" where the import failed.
std::vector<std::string> import_all(const std::string& repo, const std::vector<std::string>& files, size_t threads) {
  ao::RepoState state;
  ao::open_repo(state, repo, getuid() == 0 ? "bare" : "bare-user", nullptr);
  std::vector<std::string> commits(files.size());
  {
    ao::RepoUse use(state, ao::Access::kExclusive);
    ao::begin_transaction(use, nullptr);
  }
  std::vector<std::thread> pool;
  for (size_t t = 0; t < threads; ++t)
    pool.emplace_back([&, t] {
      ao::RepoUse use(state);
      ao::deb::Watch watch;
      for (size_t i = t; i < files.size(); i += threads)
        refusal([&] { commits[i] = ao::import_deb(use, files[i], std::nullopt, watch, nullptr).commit; });
    });
  for (auto& thread : pool) thread.join();
  {
    ao::RepoUse use(state, ao::Access::kExclusive);
    ao::commit_transaction(use, nullptr);
  }
  ao::close_repo(state);
  return commits;
}

}  // namespace

TEST("threads give the commits that one thread gives, and failures harm nobody") {
  Folder folder;
  auto files = write_debs(folder.path, 20);
  auto one = import_all(folder.path + "/one", files, 1);
  auto many = import_all(folder.path + "/many", files, 8);
  CHECK(one == many);
  for (size_t i = 0; i < files.size(); ++i) CHECK_EQUAL(one[i].empty(), i % 5 == 4);
  CHECK(import_all(folder.path + "/many", files, 8) == many);
}
