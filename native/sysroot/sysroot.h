// A sysroot and its deployments: what libostree's admin commands do, as whole operations. Free of Node.
// Every function that writes holds libostree's own lock of the sysroot from reading its state to the end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ostree/glib.h"

namespace ao {

struct DeploymentInfo {
  int index = 0;
  std::string osname;
  std::string checksum;
  int serial = 0;
  bool booted = false;
  bool staged = false;
  bool pinned = false;
  std::string unlocked;  // "none", "development", "hotfix", "transient"
  std::string path;      // relative to the sysroot
  std::string origin;    // text of the keyfile, "" without one
  std::vector<std::string> kargs;
  std::string title;
};

struct SysrootInfo {
  bool booted = false;
  std::vector<DeploymentInfo> deployments;  // the one that boots next first
};

struct DeployRequest {
  std::string osname;
  std::string commit;
  std::string origin;                                 // keyfile text
  std::optional<std::vector<std::string>> kargs;      // nullopt: those of the merge deployment
  std::optional<std::string> merge;                   // id; nullopt: libostree's choice
  bool stage = false;                                 // only on a booted sysroot
  bool retain = false;                                // keep deployments that would be replaced
};

// Seconds to wait for the lock; negative: for ever.
struct LockWait {
  double seconds = 0;
};

// "<osname>-<checksum>.<serial>", unique within a sysroot.
std::string deployment_id(const DeploymentInfo& info);

void sysroot_init(const std::string& path, GCancellable* cancellable);
void sysroot_init_os(const std::string& path, const std::string& osname, LockWait wait, GCancellable* cancellable);
SysrootInfo sysroot_status(const std::string& path, GCancellable* cancellable);
// Returns the id of the new deployment.
std::string sysroot_deploy(const std::string& path, const DeployRequest& request, LockWait wait,
                           GCancellable* cancellable);
// Makes the boot list exactly these ids, in this order; the others are undeployed.
void sysroot_set_order(const std::string& path, const std::vector<std::string>& ids, LockWait wait,
                       GCancellable* cancellable);
void sysroot_set_pinned(const std::string& path, const std::string& id, bool pinned, LockWait wait,
                        GCancellable* cancellable);
void sysroot_set_origin(const std::string& path, const std::string& id, const std::string& origin, LockWait wait,
                        GCancellable* cancellable);
// Removes what no deployment uses, and returns the bytes that the repository lost.
uint64_t sysroot_cleanup(const std::string& path, LockWait wait, GCancellable* cancellable);

}  // namespace ao
