#include "sysroot/binding.h"

#include <cmath>

#include "common/args.h"
#include "common/async.h"
#include "common/values.h"
#include "ostree/cancel_scope.h"
#include "sysroot/sysroot.h"

namespace ao {

namespace {

// Seconds; Infinity waits for ever.
LockWait to_wait(const Napi::Value& value) {
  double seconds = to_double(value);
  return LockWait{std::isinf(seconds) ? -1 : seconds};
}

Napi::Value to_js(Napi::Env env, const DeploymentInfo& info) {
  auto o = Napi::Object::New(env);
  o.Set("id", deployment_id(info));
  o.Set("index", Napi::Number::New(env, info.index));
  o.Set("osname", info.osname);
  o.Set("checksum", info.checksum);
  o.Set("serial", Napi::Number::New(env, info.serial));
  o.Set("booted", info.booted);
  o.Set("staged", info.staged);
  o.Set("pinned", info.pinned);
  o.Set("unlocked", info.unlocked);
  o.Set("path", info.path);
  o.Set("origin", info.origin);
  o.Set("kargs", to_array(env, info.kargs));
  o.Set("title", info.title);
  return o;
}

// TS: sysrootInit(path, call): Promise<void>
Napi::Value init(const Napi::CallbackInfo& info) {
  return async_void(info, "sysrootInit", [path = to_text(info[0])](TaskContext& ctx) {
    CancelScope cancel(ctx);
    sysroot_init(path, cancel.get());
  });
}

// TS: sysrootInitOs(path, osname, wait, call): Promise<void>
Napi::Value init_os(const Napi::CallbackInfo& info) {
  return async_void(info, "sysrootInitOs",
                    [path = to_text(info[0]), osname = to_text(info[1]), wait = to_wait(info[2])](TaskContext& ctx) {
                      CancelScope cancel(ctx);
                      sysroot_init_os(path, osname, wait, cancel.get());
                    });
}

// TS: sysrootStatus(path, call): Promise<SysrootState>
Napi::Value status(const Napi::CallbackInfo& info) {
  return async_value(
      info, "sysrootStatus",
      [path = to_text(info[0])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        return sysroot_status(path, cancel.get());
      },
      [](Napi::Env env, SysrootInfo& state) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("booted", state.booted);
        o.Set("deployments", to_array(env, state.deployments, to_js));
        return o;
      });
}

// TS: sysrootDeploy(path, request, wait, call): Promise<string>
Napi::Value deploy(const Napi::CallbackInfo& info) {
  auto o = to_fields(info[1]);
  DeployRequest request;
  request.osname = to_text(o.Get("osname"));
  request.commit = to_text(o.Get("commit"));
  request.origin = to_text(o.Get("origin"));
  if (o.Get("kargs").IsArray()) request.kargs = to_texts(o.Get("kargs"));
  request.merge = to_optional_text(o.Get("merge"));
  request.stage = to_bool(o.Get("stage"));
  request.retain = to_bool(o.Get("retain"));
  return async_value(
      info, "sysrootDeploy",
      [path = to_text(info[0]), request = std::move(request), wait = to_wait(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        return sysroot_deploy(path, request, wait, cancel.get());
      },
      [](Napi::Env env, std::string& id) -> Napi::Value { return Napi::String::New(env, id); });
}

// TS: sysrootSetOrder(path, ids, wait, call): Promise<void>
Napi::Value set_order(const Napi::CallbackInfo& info) {
  return async_void(info, "sysrootSetOrder",
                    [path = to_text(info[0]), ids = to_texts(info[1]), wait = to_wait(info[2])](TaskContext& ctx) {
                      CancelScope cancel(ctx);
                      sysroot_set_order(path, ids, wait, cancel.get());
                    });
}

// TS: sysrootSetPinned(path, id, pinned, wait, call): Promise<void>
Napi::Value set_pinned(const Napi::CallbackInfo& info) {
  return async_void(info, "sysrootSetPinned",
                    [path = to_text(info[0]), id = to_text(info[1]), pinned = to_bool(info[2]),
                     wait = to_wait(info[3])](TaskContext& ctx) {
                      CancelScope cancel(ctx);
                      sysroot_set_pinned(path, id, pinned, wait, cancel.get());
                    });
}

// TS: sysrootSetOrigin(path, id, origin, wait, call): Promise<void>
Napi::Value set_origin(const Napi::CallbackInfo& info) {
  return async_void(info, "sysrootSetOrigin",
                    [path = to_text(info[0]), id = to_text(info[1]), origin = to_text(info[2]),
                     wait = to_wait(info[3])](TaskContext& ctx) {
                      CancelScope cancel(ctx);
                      sysroot_set_origin(path, id, origin, wait, cancel.get());
                    });
}

// TS: sysrootCleanup(path, wait, call): Promise<number>
Napi::Value cleanup(const Napi::CallbackInfo& info) {
  return async_value(
      info, "sysrootCleanup",
      [path = to_text(info[0]), wait = to_wait(info[1])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        return sysroot_cleanup(path, wait, cancel.get());
      },
      [](Napi::Env env, uint64_t& bytes) -> Napi::Value { return Napi::Number::New(env, double(bytes)); });
}

}  // namespace

void export_sysroot(Napi::Env env, Napi::Object exports) {
  exports.Set("sysrootInit", Napi::Function::New(env, init));
  exports.Set("sysrootInitOs", Napi::Function::New(env, init_os));
  exports.Set("sysrootStatus", Napi::Function::New(env, status));
  exports.Set("sysrootDeploy", Napi::Function::New(env, deploy));
  exports.Set("sysrootSetOrder", Napi::Function::New(env, set_order));
  exports.Set("sysrootSetPinned", Napi::Function::New(env, set_pinned));
  exports.Set("sysrootSetOrigin", Napi::Function::New(env, set_origin));
  exports.Set("sysrootCleanup", Napi::Function::New(env, cleanup));
}

}  // namespace ao
