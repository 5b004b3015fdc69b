#include "sysroot/open_sysroot.h"

#include <sys/stat.h>

#include <chrono>

namespace ao {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> split_words(const char* text) {
  std::vector<std::string> out;
  if (!text) return out;
  auto words = GPtr<char*>(g_strsplit_set(text, " \t", -1));
  for (char** word = words.get(); *word; ++word)
    if (**word) out.emplace_back(*word);
  return out;
}

std::string or_empty(const char* text) { return text ? text : ""; }

}  // namespace

OpenSysroot::OpenSysroot(const std::string& path, SysrootAccess access, LockWait wait, GCancellable* cancellable)
    : path_(path) {
  const std::string operation = "opening the sysroot " + path;
  struct stat repo;
  if (stat((path + "/ostree/repo").c_str(), &repo) != 0)
    throw NativeError("ERR_OSTREE_NOT_FOUND", path + " is no OSTree sysroot").with("path", path);
  auto file = GPtr<GFile>(g_file_new_for_path(path.c_str()));
  sysroot_ = GRef<OstreeSysroot>::take(ostree_sysroot_new(file.get()));
  GErr error;
  // On a booted host /sysroot is read-only: the thread of this task gets a writable view of its own.
  if (access == SysrootAccess::kWrite)
    error.check(ostree_sysroot_initialize_with_mount_namespace(get(), cancellable, error.out()), operation);
  else
    error.check(ostree_sysroot_initialize(get(), error.out()), operation);
  if (access == SysrootAccess::kWrite) lock(wait, cancellable);
  try {
    error.check(ostree_sysroot_load(get(), cancellable, error.out()), operation);
  } catch (...) {
    if (locked_) ostree_sysroot_unlock(get());
    throw;
  }
}

OpenSysroot::~OpenSysroot() {
  if (locked_) ostree_sysroot_unlock(get());
}

void OpenSysroot::lock(LockWait wait, GCancellable* cancellable) {
  const auto start = Clock::now();
  for (;;) {
    GErr error;
    gboolean acquired = FALSE;
    error.check(ostree_sysroot_try_lock(get(), &acquired, error.out()), "locking the sysroot " + path_);
    if (acquired) break;
    check_cancelled(cancellable);
    const std::chrono::duration<double> waited = Clock::now() - start;
    if (wait.seconds >= 0 && waited.count() >= wait.seconds)
      throw NativeError("ERR_LOCKED", "another process changes the sysroot " + path_).with("path", path_);
    g_usleep(50 * 1000);
  }
  locked_ = true;
}

GPtr<GPtrArray> OpenSysroot::deployments() const { return GPtr<GPtrArray>(ostree_sysroot_get_deployments(get())); }

GRef<OstreeDeployment> OpenSysroot::find(const std::string& id) const {
  auto all = deployments();
  for (guint i = 0; i < all->len; ++i) {
    auto* deployment = static_cast<OstreeDeployment*>(all->pdata[i]);
    if (deployment_id(describe(deployment)) == id) return GRef<OstreeDeployment>::share(deployment);
  }
  throw NativeError("ERR_NO_DEPLOYMENT", "the sysroot " + path_ + " has no deployment " + id).with("id", id);
}

DeploymentInfo OpenSysroot::describe(OstreeDeployment* deployment) const {
  DeploymentInfo info;
  info.index = ostree_deployment_get_index(deployment);
  info.osname = ostree_deployment_get_osname(deployment);
  info.checksum = ostree_deployment_get_csum(deployment);
  info.serial = ostree_deployment_get_deployserial(deployment);
  info.booted = deployment == ostree_sysroot_get_booted_deployment(get());
  info.staged = ostree_deployment_is_staged(deployment);
  info.pinned = ostree_deployment_is_pinned(deployment);
  info.unlocked = or_empty(ostree_deployment_unlocked_state_to_string(ostree_deployment_get_unlocked(deployment)));
  GStr path(ostree_sysroot_get_deployment_dirpath(get(), deployment));
  info.path = or_empty(path.get());
  if (auto* origin = ostree_deployment_get_origin(deployment)) {
    GStr text(g_key_file_to_data(origin, nullptr, nullptr));
    info.origin = or_empty(text.get());
  }
  if (auto* config = ostree_deployment_get_bootconfig(deployment)) {
    info.kargs = split_words(ostree_bootconfig_parser_get(config, "options"));
    info.title = or_empty(ostree_bootconfig_parser_get(config, "title"));
  }
  return info;
}

GPtr<GKeyFile> parse_origin(const std::string& text) {
  GPtr<GKeyFile> origin(g_key_file_new());
  GErr error;
  error.check(g_key_file_load_from_data(origin.get(), text.data(), text.size(), G_KEY_FILE_NONE, error.out()),
              "reading the origin");
  return origin;
}

}  // namespace ao
