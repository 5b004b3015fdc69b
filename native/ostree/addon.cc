// ostree.node: everything that touches the repository, the file system of a transaction and the sandbox.
#include "common/cancel.h"
#include "common/napi_setup.h"
#include "ostree/import_glue.h"
#include "dedup/binding.h"
#include "ostree/repo_handle.h"
#include "sandbox/sandbox_glue.h"
#include "sysroot/binding.h"

namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
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
