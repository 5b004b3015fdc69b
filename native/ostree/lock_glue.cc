#include "common/args.h"
#include "common/async.h"
#include "ostree/lock_file.h"
#include "ostree/repo_handle.h"

namespace ao {

namespace {

const napi_type_tag kLockTag = {0x6170746f73747265ULL, 0x6c6f636b66696c65ULL};

// TS: tryLock(file): LockHandle | null
Napi::Value lock(const Napi::CallbackInfo& info) {
  auto file = to_text(info[0]);
  auto fd = sync_value(info.Env(), [&] { return try_lock(file); });
  if (!fd) return info.Env().Null();
  auto external = Napi::External<FdGuard>::New(info.Env(), new FdGuard(std::move(fd)), [](Napi::BasicEnv, FdGuard* fd) { delete fd; });
  external.TypeTag(&kLockTag);
  return external;
}

// TS: unlock(lock): void
void unlock(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal() || !info[0].As<Napi::External<FdGuard>>().CheckTypeTag(&kLockTag))
    throw Napi::TypeError::New(info.Env(), "expected a lock");
  info[0].As<Napi::External<FdGuard>>().Data()->close();
}

}  // namespace

void export_locks(Napi::Env env, Napi::Object exports) {
  exports.Set("tryLock", Napi::Function::New(env, lock));
  exports.Set("unlock", Napi::Function::New(env, unlock));
}

}  // namespace ao
