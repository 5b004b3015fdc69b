#include "common/args.h"
#include "common/async.h"
#include "ostree/pull.h"
#include "ostree/repo_handle.h"

namespace ao {

// TS: pullLocal(target, source, refs, call): Promise<WriteStats>
static Napi::Value pull(const Napi::CallbackInfo& info) {
  return async_value(
      info, "pullLocal",
      [state = repo_from(info[0]), source = to_text(info[1]), refs = to_texts(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        // A pull begins and commits a transaction of its own where none is open.
        RepoUse use(*state, Access::kExclusive);
        return pull_local(use, source, refs, cancel.get());
      },
      [](Napi::Env env, WriteStats& stats) -> Napi::Value { return stats_object(env, stats); });
}

void export_pull(Napi::Env env, Napi::Object exports) { exports.Set("pullLocal", Napi::Function::New(env, pull)); }

}  // namespace ao
