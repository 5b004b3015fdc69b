// The one libapt-pkg session of this process: `_config` and `_system` are globals, so one target root a process.
#pragma once

#include <apt-pkg/cachefile.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apt/values.h"

namespace ao::apt {

struct Setup {
  std::string config;       // our own configuration, in apt.conf(5) form
  bool host = false;        // take transport settings, sources, keys and pins of this machine
  std::string host_config;  // $APT_CONFIG of the caller, or ""
};

class Session {
 public:
  static Session& instance();

  // Held by every operation for as long as it runs: libapt-pkg knows no locks.
  std::unique_lock<std::mutex> enter();

  void configure(const Setup& setup);
  // Opens the lists, the policy and the dependency cache; `locals` are .deb files that take part in this run.
  pkgCacheFile& open(const std::vector<std::string>& locals, const Control& control);
  // Reads the pins, then every package's state. Valid until the next open or close.
  pkgDepCache& dep_cache();
  void close();

 private:
  std::mutex mutex_;
  bool configured_ = false;
  std::string host_preferences_;
  std::unique_ptr<pkgCacheFile> cache_;
};

// Lock on what sessions of other processes share, waited for. Ends with the object or the process.
class FolderLock {
 public:
  enum Kind { kShared, kExclusive };
  FolderLock(const std::string& file, Kind kind, const Control& control);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

}  // namespace ao::apt
