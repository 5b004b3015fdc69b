#pragma once

#include "common/napi_setup.h"

namespace ao {

// TS: DedupBinding of lib/native/dedup.ts
void export_dedup(Napi::Env env, Napi::Object exports);

}  // namespace ao
