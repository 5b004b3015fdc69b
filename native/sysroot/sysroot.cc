#include "sysroot/sysroot.h"

#include <set>

#include "sysroot/open_sysroot.h"

namespace ao {

namespace {

NativeError deploy_error(const std::string& operation, const GErr& error) {
  auto e = glib_error(operation, error.get());
  if (e.code == "ERR_OSTREE" || e.code == "ERR_OSTREE_NOT_FOUND") e.code = "ERR_DEPLOY";
  return e;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::string deployment_id(const DeploymentInfo& info) {
  return info.osname + "-" + info.checksum + "." + std::to_string(info.serial);
}

void sysroot_init(const std::string& path, GCancellable* cancellable) {
  const std::string operation = "making the sysroot " + path;
  if (g_mkdir_with_parents((path + "/boot").c_str(), 0755) != 0) throw errno_error(operation, errno);
  auto file = GPtr<GFile>(g_file_new_for_path(path.c_str()));
  auto sysroot = GRef<OstreeSysroot>::take(ostree_sysroot_new(file.get()));
  GErr error;
  error.check(ostree_sysroot_ensure_initialized(sysroot.get(), cancellable, error.out()), operation);
}

void sysroot_init_os(const std::string& path, const std::string& osname, LockWait wait, GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  GErr error;
  error.check(ostree_sysroot_init_osname(sysroot.get(), osname.c_str(), cancellable, error.out()),
              "making the OS " + osname + " in " + path);
}

SysrootInfo sysroot_status(const std::string& path, GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kRead, {}, cancellable);
  SysrootInfo info;
  info.booted = ostree_sysroot_is_booted(sysroot.get());
  auto all = sysroot.deployments();
  for (guint i = 0; i < all->len; ++i)
    info.deployments.push_back(sysroot.describe(static_cast<OstreeDeployment*>(all->pdata[i])));
  return info;
}

std::string sysroot_deploy(const std::string& path, const DeployRequest& request, LockWait wait,
                           GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  const std::string operation = "deploying " + request.commit;
  auto origin = parse_origin(request.origin);
  auto merge = request.merge ? sysroot.find(*request.merge)
                             : GRef<OstreeDeployment>::take(ostree_sysroot_get_merge_deployment(
                                   sysroot.get(), request.osname.c_str()));
  auto kargs = request.kargs.value_or(std::vector<std::string>{});
  auto argv = pointers(kargs);
  char** override_argv = request.kargs ? argv.data() : nullptr;
  GErr error;
  GPtr<OstreeDeployment> made;
  const bool stage = request.stage && ostree_sysroot_is_booted(sysroot.get());
  auto* deploy = stage ? ostree_sysroot_stage_tree : ostree_sysroot_deploy_tree;
  if (!deploy(sysroot.get(), request.osname.c_str(), request.commit.c_str(), origin.get(), merge.get(), override_argv,
              OutPtr(made), cancellable, error.out()))
    throw deploy_error(operation, error);
  auto id = deployment_id(sysroot.describe(made.get()));
  if (stage) return id;
  auto flags = request.retain ? OSTREE_SYSROOT_SIMPLE_WRITE_DEPLOYMENT_FLAGS_RETAIN
                              : OSTREE_SYSROOT_SIMPLE_WRITE_DEPLOYMENT_FLAGS_NONE;
  if (!ostree_sysroot_simple_write_deployment(sysroot.get(), request.osname.c_str(), made.get(), merge.get(), flags,
                                              cancellable, error.out()))
    throw deploy_error(operation, error);
  return id;
}

void sysroot_set_order(const std::string& path, const std::vector<std::string>& ids, LockWait wait,
                       GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  GPtr<GPtrArray> order(g_ptr_array_new_with_free_func(g_object_unref));
  std::set<std::string> seen;
  for (const auto& id : ids) {
    if (!seen.insert(id).second) throw NativeError("ERR_INTERNAL", "the deployment " + id + " is named twice");
    g_ptr_array_add(order.get(), g_object_ref(sysroot.find(id).get()));
  }
  GErr error;
  if (!ostree_sysroot_write_deployments(sysroot.get(), order.get(), cancellable, error.out()))
    throw deploy_error("writing the boot entries of " + path, error);
}

void sysroot_set_pinned(const std::string& path, const std::string& id, bool pinned, LockWait wait,
                        GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  GErr error;
  error.check(ostree_sysroot_deployment_set_pinned(sysroot.get(), sysroot.find(id).get(), pinned, error.out()),
              "pinning the deployment " + id);
}

void sysroot_set_origin(const std::string& path, const std::string& id, const std::string& origin, LockWait wait,
                        GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  auto parsed = parse_origin(origin);
  GErr error;
  error.check(ostree_sysroot_write_origin_file(sysroot.get(), sysroot.find(id).get(), parsed.get(), cancellable,
                                               error.out()),
              "writing the origin of " + id);
}

uint64_t sysroot_cleanup(const std::string& path, LockWait wait, GCancellable* cancellable) {
  OpenSysroot sysroot(path, SysrootAccess::kWrite, wait, cancellable);
  const std::string operation = "cleaning up the sysroot " + path;
  GErr error;
  error.check(ostree_sysroot_prepare_cleanup(sysroot.get(), cancellable, error.out()), operation);
  // libostree adds what refs and deployments reach, and takes everything for garbage when there is no table to add to.
  GPtr<GHashTable> reachable(ostree_repo_traverse_new_reachable());
  OstreeRepoPruneOptions options = {};
  options.flags = OSTREE_REPO_PRUNE_FLAGS_REFS_ONLY;
  options.reachable = reachable.get();
  gint total = 0, pruned = 0;
  guint64 bytes = 0;
  error.check(ostree_sysroot_cleanup_prune_repo(sysroot.get(), &options, &total, &pruned, &bytes, cancellable,
                                                error.out()),
              operation);
  return bytes;
}

}  // namespace ao
