#include "sandbox/process_group.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace ao {

namespace {

const char* const kRoot = "/sys/fs/cgroup";
const char* const kPrefix = "apt-ostree-";
const char* const kMostProcesses = "2048";

std::string read_text(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool has_word(const std::string& text, const std::string& word) {
  std::istringstream in(text);
  for (std::string each; in >> each;)
    if (each == word) return true;
  return false;
}

// The group of this process that counts processes: in the hierarchy of version 1, else in that of version 2.
std::string own_group() {
  std::istringstream lines(read_text("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (controllers == "pids") return std::string(kRoot) + "/pids" + path;
    std::string unified = kRoot + path;
    if (controllers.empty() && has_word(read_text(unified + "/cgroup.subtree_control"), "pids")) return unified;
  }
  return "";
}

// Groups of processes that were killed.
void remove_stale(const std::string& parent) {
  DIR* dir = ::opendir(parent.c_str());
  if (dir == nullptr) return;
  while (const dirent* entry = ::readdir(dir)) {
    std::string name = entry->d_name;
    if (name.rfind(kPrefix, 0) != 0) continue;
    pid_t owner = std::atoi(name.c_str() + std::string(kPrefix).size());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) ::rmdir((parent + "/" + name).c_str());
  }
  ::closedir(dir);
}

}  // namespace

ProcessGroup::ProcessGroup() {
  static std::atomic<int> next{1};
  int number = next++;
  std::string parent = own_group();
  if (parent.empty()) return;
  if (number == 1) remove_stale(parent);
  std::string path = parent + "/" + kPrefix + std::to_string(::getpid()) + "-" + std::to_string(number);
  if (::mkdir(path.c_str(), 0755) != 0) return;
  path_ = path;
  std::ofstream(path + "/pids.max") << kMostProcesses;
  procs_.reset(::open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
}

ProcessGroup::~ProcessGroup() {
  procs_.reset();
  // The last process may be a moment from leaving.
  for (int i = 0; i < 50 && !path_.empty() && ::rmdir(path_.c_str()) != 0 && errno == EBUSY; ++i) ::usleep(1000);
}

}  // namespace ao
