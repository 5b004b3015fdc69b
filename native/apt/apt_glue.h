// Exports of apt.node.
#pragma once

#include "common/napi_setup.h"

namespace ao::apt {

void export_apt(Napi::Env env, Napi::Object exports);

}  // namespace ao::apt
