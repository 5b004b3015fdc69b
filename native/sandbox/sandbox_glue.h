// N-API glue of the sandbox and of layer folders.
#pragma once

#include "common/napi_setup.h"

namespace ao {

// TS: runSandbox, scanLayer, squash of OstreeBinding (lib/native/ostree.ts)
void export_sandbox(Napi::Env env, Napi::Object exports);

}  // namespace ao
