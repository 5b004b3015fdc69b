// Values of the cores to and from JS.
#pragma once

#include "apt/session.h"
#include "apt/values.h"
#include "common/napi_setup.h"

namespace ao::apt {

Setup to_setup(const Napi::Value& value);
ResolveInput to_resolve_input(const Napi::Value& value);
FetchLocks to_locks(const Napi::Value& value);
std::vector<FetchWanted> to_wanted(const Napi::Value& value);

Napi::Value from(Napi::Env env, const ResolveResult& result);
Napi::Value from(Napi::Env env, const RefreshResult& result);
Napi::Value from(Napi::Env env, const FetchResult& result);
Napi::Value from(Napi::Env env, const FetchedFile& file);

}  // namespace ao::apt
