// One loaded OstreeSysroot for one operation. Free of Node.
#pragma once

#include <string>
#include <vector>

#include "sysroot/sysroot.h"

namespace ao {

enum class SysrootAccess { kRead, kWrite };

class OpenSysroot {
 public:
  // Throws ERR_OSTREE_NOT_FOUND where no sysroot is, ERR_LOCKED when another process writes for too long.
  OpenSysroot(const std::string& path, SysrootAccess access, LockWait wait, GCancellable* cancellable);
  ~OpenSysroot();
  OpenSysroot(const OpenSysroot&) = delete;
  OpenSysroot& operator=(const OpenSysroot&) = delete;

  OstreeSysroot* get() const { return sysroot_.get(); }
  GPtr<GPtrArray> deployments() const;
  // Throws ERR_NO_DEPLOYMENT.
  GRef<OstreeDeployment> find(const std::string& id) const;
  DeploymentInfo describe(OstreeDeployment* deployment) const;

 private:
  void lock(LockWait wait, GCancellable* cancellable);

  MainContextScope context_;
  GRef<OstreeSysroot> sysroot_;
  std::string path_;
  bool locked_ = false;
};

GPtr<GKeyFile> parse_origin(const std::string& text);

}  // namespace ao
