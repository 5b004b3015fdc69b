#include "ostree/import_glue.h"

#include "common/args.h"
#include "common/async.h"
#include "ostree/import_deb.h"
#include "ostree/import_version.h"
#include "ostree/repo_handle.h"

namespace ao {

namespace {

class TaskWatch final : public deb::Watch {
 public:
  TaskWatch(TaskContext& ctx, const std::string& file) : ctx_(ctx), file_(file) {}
  void read(uint64_t bytes) override { ctx_.progress(double(bytes), 0, file_); }
  void check() override { ctx_.cancel().check(); }

 private:
  TaskContext& ctx_;
  const std::string& file_;
};

Napi::Value to_object(Napi::Env env, const ImportedDeb& d) {
  auto o = stats_object(env, d.stats);
  o.Set("commit", d.commit);
  o.Set("ref", d.ref);
  o.Set("sha256", d.sha256);
  o.Set("name", d.name);
  o.Set("version", d.version);
  o.Set("architecture", d.architecture);
  o.Set("size", Napi::Number::New(env, double(d.size)));
  o.Set("cached", d.cached);
  o.Set("seconds", Napi::Number::New(env, d.seconds));
  return o;
}

// TS: importDeb(repo, file, expectedSha256, call): Promise<ImportedDeb>
Napi::Value import(const Napi::CallbackInfo& info) {
  auto state = repo_from(info[0]);
  auto file = to_text(info[1]);
  auto expected = to_optional_text(info[2]);
  return async_value(
      info, "importDeb",
      [state, file, expected](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        TaskWatch watch(ctx, file);
        return import_deb(use, file, expected, watch, cancel.get());
      },
      [](Napi::Env env, ImportedDeb& d) { return to_object(env, d); });
}

}  // namespace

void export_import(Napi::Env env, Napi::Object exports) {
  exports.Set("importDeb", Napi::Function::New(env, import));
  // TS: importerVersion: string
  exports.Set("importerVersion", kImporterVersion);
}

}  // namespace ao
