// apt.node: libapt-pkg. Loaded in a child process only (lib/resolution/host.ts): the library has process-wide state.
#include "apt/apt_glue.h"
#include "common/cancel.h"
#include "common/napi_setup.h"

namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
  ao::export_cancel(env, exports);
  ao::apt::export_apt(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(apt, init)
