#include "apt/session.h"

#include <apt-pkg/aptconfiguration.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/init.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/policy.h>
#include <apt-pkg/progress.h>
#include <apt-pkg/sourcelist.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "apt/compat.h"
#include "apt/diagnostics.h"
#include "common/error.h"

namespace ao::apt {

namespace {

// Copies a subtree of values. Lists keep their order: their nodes have no names.
void copy_tree(const Configuration::Item* item, const std::string& path) {
  for (; item != nullptr; item = item->Next) {
    const std::string name = path + "::" + item->Tag;
    if (!item->Value.empty()) _config->Set(name, item->Value);
    if (item->Child != nullptr) copy_tree(item->Child, name);
  }
}

// How this machine reaches others (proxies, CAs, time-outs) holds for every source. How it trusts its own sources
// holds for them alone, but for what would let in unsigned ones. Its index targets would be fetched for nothing.
bool wanted_from_host(const std::string& tag, bool own_sources) {
  if (!own_sources) return tag == "http" || tag == "https" || tag == "ForceIPv4" || tag == "ForceIPv6";
  return tag != "IndexTargets" && tag != "AllowInsecureRepositories" && tag != "AllowWeakRepositories" &&
         tag != "AllowDowngradeToInsecureRepositories" && tag != "Languages" && tag != "Changelogs";
}

// Its hooks are never read: they would run here.
void read_host(const std::string& host_config, bool own_sources, std::string& preferences) {
  Configuration host;
  if (!host_config.empty() && !ReadConfigFile(host, host_config))
    throw failure("ERR_APT", "reading " + host_config);
  if (!pkgInitConfig(host)) throw failure("ERR_APT", "reading apt's configuration of this machine");
  if (const auto* acquire = host.Tree("Acquire")) {
    for (const auto* item = acquire->Child; item != nullptr; item = item->Next) {
      if (!wanted_from_host(item->Tag, own_sources)) continue;
      const std::string name = "Acquire::" + item->Tag;
      if (!item->Value.empty()) _config->Set(name, item->Value);
      if (item->Child != nullptr) copy_tree(item->Child, name);
    }
  }
  if (!own_sources) return;
  for (const char* key : {"Dir::Etc::sourcelist", "Dir::Etc::trusted", "Dir::Etc::netrc"})
    _config->Set(key, host.FindFile(key));
  for (const char* key :
       {"Dir::Etc::sourceparts", "Dir::Etc::trustedparts", "Dir::Etc::netrcparts", "Dir::Etc::preferencesparts"})
    _config->Set(key, host.FindDir(key));
  preferences = host.FindFile("Dir::Etc::preferences");
  if (host.Exists("APT::Default-Release")) _config->Set("APT::Default-Release", host.Find("APT::Default-Release"));
}

class OpenProgress final : public OpProgress {
 public:
  explicit OpenProgress(const Control& control) : control_(control) {}

 protected:
  void Update() override {
    if (CheckChange(0.1F)) control_.progress(Percent, 100, Op);
  }

 private:
  const Control& control_;
};

}  // namespace

void Control::check() const {
  if (cancelled()) throw cancelled_error();
}

Session& Session::instance() {
  // Never destroyed: libapt-pkg's own statics may be gone before ours.
  static auto* session = new Session;
  return *session;
}

std::unique_lock<std::mutex> Session::enter() { return std::unique_lock<std::mutex>(mutex_); }

void Session::configure(const Setup& setup) {
  close();
  configured_ = false;
  host_preferences_.clear();
  _config->Clear();
  // Only the defaults are wanted here: what this machine says is read apart, and chosen from.
  for (const char* key : {"Dir::Etc::main", "Dir::Etc::parts"}) _config->Set(key, "/dev/null");
  if (!pkgInitConfig(*_config)) throw failure("ERR_APT", "preparing libapt-pkg");
  read_host(setup.host_config, setup.host, host_preferences_);
  if (!ReadConfigFile(*_config, setup.config)) throw failure("ERR_APT", "reading " + setup.config);
  choose_solver();
  APT::Configuration::getArchitectures(false);
  APT::Configuration::getLanguages(false);
  if (!pkgInitSystem(*_config, _system)) throw failure("ERR_APT", "preparing libapt-pkg");
  configured_ = true;
}

pkgCacheFile& Session::open(const std::vector<std::string>& locals, const Control& control) {
  if (!configured_) throw NativeError("ERR_INTERNAL", "the apt session was used before it was configured");
  close();
  control.check();
  auto cache = std::make_unique<pkgCacheFile>();
  OpenProgress progress(control);
  if (!cache->BuildSourceList()) throw failure("ERR_APT_CACHE_OPEN", "reading the sources");
  for (const auto& file : locals)
    if (!cache->GetSourceList()->AddVolatileFile(file)) throw failure("ERR_APT_CACHE_OPEN", "reading " + file);
  if (!cache->BuildCaches(&progress, false)) throw failure("ERR_APT_CACHE_OPEN", "opening the package lists");
  control.check();
  cache_ = std::move(cache);
  return *cache_;
}

pkgDepCache& Session::dep_cache() {
  if (!cache_->BuildPolicy()) throw failure("ERR_APT_CACHE_OPEN", "reading the preferences");
  auto& policy = *cache_->GetPolicy();
  if (!host_preferences_.empty() && !ReadPinFile(policy, host_preferences_))
    throw failure("ERR_APT_CACHE_OPEN", "reading " + host_preferences_);
  if (!cache_->BuildDepCache()) throw failure("ERR_APT_CACHE_OPEN", "opening the package lists");
  return *cache_->GetDepCache();
}

void Session::close() { cache_.reset(); }

FolderLock::FolderLock(const std::string& file, Kind kind, const Control& control)
    : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (fd_ < 0) throw errno_error("opening " + file, errno);
  bool told = false;
  while (::flock(fd_, (kind == kShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    const int err = errno;
    if (err != EWOULDBLOCK && err != EINTR) {
      ::close(fd_);
      throw errno_error("locking " + file, err);
    }
    if (control.cancelled()) {
      ::close(fd_);
      throw cancelled_error();
    }
    if (!told) control.progress(0, 0, "waiting for " + file);
    told = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace ao::apt
