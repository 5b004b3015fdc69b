// Cancel tokens as values of JS.
#pragma once

#include <memory>

#include "common/cancel_token.h"
#include "common/napi_setup.h"

namespace ao {

// TS: createCancelToken(): CancelToken ; cancel(token: CancelToken): void
void export_cancel(Napi::Env env, Napi::Object exports);
// nullptr when the value is null or undefined.
std::shared_ptr<CancelToken> token_from(const Napi::Value& value);

}  // namespace ao
