// ostree.node: everything that touches the repository, the file system of a transaction and the sandbox.
#include <glib.h>

#include "common/cancel.h"
#include "common/napi_setup.h"
#include "ostree/import_glue.h"
#include "dedup/binding.h"
#include "ostree/repo_handle.h"
#include "sandbox/sandbox_glue.h"
#include "sysroot/binding.h"

namespace {

// libostree tells what a cleanup has freed on stdout, which is for the results of the command line.
void drop_output(const gchar*) {}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  g_set_print_handler(drop_output);
  ao::export_cancel(env, exports);
  ao::export_repo(env, exports);
  ao::export_refs(env, exports);
  ao::export_import(env, exports);
  ao::export_sandbox(env, exports);
  ao::export_tree(env, exports);
  ao::export_commit(env, exports);
  ao::export_sysroot(env, exports);
  ao::export_dedup(env, exports);
  ao::export_folders(env, exports);
  ao::export_locks(env, exports);
  ao::export_pull(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(ostree, init)
