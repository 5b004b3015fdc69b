// The sandbox and layer folders without Node, for the sanitizers. Needs root and a static busybox.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "check.h"
#include "sandbox/sandbox.h"
#include "sandbox/scan.h"
#include "sandbox/squash.h"

namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/apt-ostree-sandbox-XXXXXX";
    path = mkdtemp(name);
    for (const char* dir : {"root/bin", "root/dev", "root/proc", "root/run", "root/tmp", "root/etc"})
      fs::create_directories(path / dir);
    fs::copy_file("/bin/busybox", path / "root/bin/busybox");
    for (const char* applet : {"sh", "sleep", "mkdir", "rm", "seq"}) fs::create_symlink("busybox", path / "root/bin" / applet);
  }
  ~Folder() { fs::remove_all(path); }

  ao::SandboxRequest request(const std::string& name, const std::string& script, std::vector<std::string> lowers = {}) {
    ao::SandboxRequest r;
    for (const char* dir : {"upper", "work", "merged"}) {
      fs::create_directories(path / name / dir);
    }
    lowers.push_back(path / "root");
    r.lowers = std::move(lowers);
    r.upper = path / name / "upper";
    r.work = path / name / "work";
    r.merged = path / name / "merged";
    r.argv = {"/bin/sh", "-c", script};
    r.env = {{"PATH", "/bin"}};
    r.log = path / name / "log";
    r.timeout_seconds = 60;
    r.output_limit = 1000;
    return r;
  }

  fs::path path;
};

std::string paths(const std::vector<ao::ScannedEntry>& entries) {
  std::string all;
  for (const auto& e : entries) all += e.path + " ";
  return all;
}

}  // namespace

TEST("a program runs and its changes are scanned and squashed") {
  Folder folder;
  ao::CancelToken cancel;
  auto first = folder.request("a", "mkdir /etc/d; echo 1 > /etc/d/one; echo 1 > /etc/two; seq 1000; exit 4");
  auto outcome = ao::run_sandbox(first, cancel);
  CHECK_EQUAL(outcome.exit, 4);
  CHECK(outcome.output_truncated);
  CHECK_EQUAL(fs::file_size(first.log), 1000u);
  CHECK_EQUAL(paths(ao::scan_layer(first.upper, cancel)), "/ /etc /etc/d /etc/d/one /etc/two ");
  auto second = folder.request("b", "rm -r /etc/d; echo 2 > /etc/two; mkdir /etc/d", {first.upper});
  CHECK_EQUAL(ao::run_sandbox(second, cancel).exit, 0);
  ao::squash_layers(second.upper, first.upper, cancel);
  auto merged = ao::scan_layer(first.upper, cancel);
  CHECK_EQUAL(paths(merged), "/ /etc /etc/d /etc/two ");
  CHECK(merged[2].opaque);
}

TEST("a failed set-up names the step and the path") {
  Folder folder;
  ao::CancelToken cancel;
  fs::remove(folder.path / "root/tmp");
  CHECK_REFUSED("ERR_SANDBOX: not a directory of the tree tmp", ao::run_sandbox(folder.request("a", "true"), cancel));
  CHECK_REFUSED("mount overlay", ao::run_sandbox(folder.request("b", "true", {"/no/such/folder"}), cancel));
}

TEST("threads run and cancel sandboxes side by side") {
  Folder folder;
  std::vector<std::thread> pool;
  std::vector<std::string> ends(8);
  for (size_t i = 0; i < ends.size(); ++i) {
    auto request = folder.request("t" + std::to_string(i), i % 2 ? "sleep 100" : "exit 3");
    pool.emplace_back([request, i, &ends] {
      ao::CancelToken cancel;
      std::thread canceller([&cancel, i] {
        if (i % 2 == 0) return;
        usleep(static_cast<useconds_t>(i) * 3000);
        cancel.cancel();
      });
      ends[i] = ao::test::refusal([&] { ends[i] = std::to_string(ao::run_sandbox(request, cancel).exit); }) + ends[i];
      canceller.join();
    });
  }
  for (auto& thread : pool) thread.join();
  for (size_t i = 0; i < ends.size(); ++i) CHECK_EQUAL(ends[i], i % 2 ? "ERR_CANCELLED: cancelled" : "3");
}
