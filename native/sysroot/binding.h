#pragma once

#include "common/napi_setup.h"

namespace ao {

// TS: SysrootBinding of lib/native/sysroot.ts
void export_sysroot(Napi::Env env, Napi::Object exports);

}  // namespace ao
