#include "ostree/repo_handle.h"

#include "common/args.h"
#include "common/async.h"

namespace ao {

namespace {

const napi_type_tag kRepoTag = {0x6170746f73747265ULL, 0x7265706f68616e64ULL};
using Holder = std::shared_ptr<RepoState>;

Napi::Value make_handle(Napi::Env env, Holder state) {
  auto external = Napi::External<Holder>::New(env, new Holder(std::move(state)), [](Napi::BasicEnv, Holder* h) { delete h; });
  external.TypeTag(&kRepoTag);
  return external;
}

// TS: openRepo(path, create, call): Promise<RepoHandle>
Napi::Value open(const Napi::CallbackInfo& info) {
  auto path = to_text(info[0]);
  auto create = to_optional_text(info[1]);
  return async_value(
      info, "openRepo",
      [path, create](TaskContext& ctx) {
        CancelScope cancel(ctx);
        auto state = std::make_shared<RepoState>();
        open_repo(*state, path, create, cancel.get());
        return state;
      },
      [](Napi::Env env, Holder& state) { return make_handle(env, state); });
}

// TS: closeRepo(repo): void
void close(const Napi::CallbackInfo& info) { close_repo(*repo_from(info[0])); }

// TS: repoMode(repo): RepoMode
Napi::Value mode(const Napi::CallbackInfo& info) {
  auto state = repo_from(info[0]);
  return Napi::String::New(info.Env(), sync_value(info.Env(), [&] { return repo_mode(*state); }));
}

// TS: beginTransaction(repo, call): Promise<void>
Napi::Value begin(const Napi::CallbackInfo& info) {
  return async_void(info, "beginTransaction", [state = repo_from(info[0])](TaskContext& ctx) {
    CancelScope cancel(ctx);
    RepoUse use(*state, Access::kExclusive);
    begin_transaction(use, cancel.get());
  });
}

// TS: commitTransaction(repo, call): Promise<WriteStats>
Napi::Value commit(const Napi::CallbackInfo& info) {
  return async_value(
      info, "commitTransaction",
      [state = repo_from(info[0])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state, Access::kExclusive);
        return commit_transaction(use, cancel.get());
      },
      [](Napi::Env env, WriteStats& stats) -> Napi::Value { return stats_object(env, stats); });
}

// TS: abortTransaction(repo, call): Promise<void>
Napi::Value abort(const Napi::CallbackInfo& info) {
  return async_void(info, "abortTransaction", [state = repo_from(info[0])](TaskContext&) {
    RepoUse use(*state, Access::kExclusive);
    abort_transaction(use);
  });
}

}  // namespace

std::shared_ptr<RepoState> repo_from(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Holder>>().CheckTypeTag(&kRepoTag))
    throw Napi::TypeError::New(value.Env(), "expected an open repository");
  return *value.As<Napi::External<Holder>>().Data();
}

Napi::Object stats_object(Napi::Env env, const WriteStats& stats) {
  auto o = Napi::Object::New(env);
  o.Set("objectsWritten", Napi::Number::New(env, double(stats.objects_written)));
  o.Set("objectsReused", Napi::Number::New(env, double(stats.objects_reused)));
  o.Set("bytesWritten", Napi::Number::New(env, double(stats.bytes_written)));
  return o;
}

void export_repo(Napi::Env env, Napi::Object exports) {
  exports.Set("openRepo", Napi::Function::New(env, open));
  exports.Set("closeRepo", Napi::Function::New(env, close));
  exports.Set("repoMode", Napi::Function::New(env, mode));
  exports.Set("beginTransaction", Napi::Function::New(env, begin));
  exports.Set("commitTransaction", Napi::Function::New(env, commit));
  exports.Set("abortTransaction", Napi::Function::New(env, abort));
}

}  // namespace ao
