#include "dedup/binding.h"

#include "common/args.h"
#include "common/async.h"
#include "dedup/dedup.h"

namespace ao {

namespace {

// TS: dedup(dirs, dryRun, ignoreMtime, call): Promise<DedupStats>
Napi::Value run(const Napi::CallbackInfo& info) {
  DedupOptions options;
  options.dry_run = to_bool(info[1]);
  options.ignore_mtime = to_bool(info[2]);
  return async_value(
      info, "dedup",
      [dirs = to_texts(info[0]), options](TaskContext& ctx) {
        DedupHooks hooks{[&ctx] { ctx.cancel().check(); },
                         [&ctx](double done, double total) { ctx.progress(done, total); }};
        return dedup(dirs, options, hooks);
      },
      [](Napi::Env env, DedupStats& stats) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("files", Napi::Number::New(env, double(stats.files)));
        o.Set("linked", Napi::Number::New(env, double(stats.linked)));
        o.Set("bytesSaved", Napi::Number::New(env, double(stats.bytes_saved)));
        return o;
      });
}

}  // namespace

void export_dedup(Napi::Env env, Napi::Object exports) { exports.Set("dedup", Napi::Function::New(env, run)); }

}  // namespace ao
