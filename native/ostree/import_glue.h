#pragma once

#include "common/napi_setup.h"

namespace ao {

// TS: importDeb
void export_import(Napi::Env env, Napi::Object exports);

}  // namespace ao
