// start_task for bindings that compute one value: `work(TaskContext&) -> R` off the JS thread, then
// `convert(Napi::Env, R&) -> Napi::Value` on it. The binding's last argument is its NativeCall.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "common/task.h"

namespace ao {

template <typename W, typename C>
Napi::Value async_value(const Napi::CallbackInfo& info, const char* name, W work, C convert) {
  using R = std::invoke_result_t<W&, TaskContext&>;
  auto result = std::make_shared<std::optional<R>>();
  return start_task(
      info.Env(), name, info[info.Length() - 1],
      [result, work = std::move(work)](TaskContext& ctx) mutable { result->emplace(work(ctx)); },
      [result, convert = std::move(convert)](Napi::Env env) -> Napi::Value { return convert(env, **result); });
}

// For bindings whose promise is Promise<void>.
template <typename W>
Napi::Value async_void(const Napi::CallbackInfo& info, const char* name, W work) {
  return start_task(
      info.Env(), name, info[info.Length() - 1], [work = std::move(work)](TaskContext& ctx) mutable { work(ctx); },
      [](Napi::Env env) -> Napi::Value { return env.Undefined(); });
}

// Runs a synchronous binding's body; a NativeError is thrown to JS as the payload that lib/native/call.ts knows.
template <typename F>
auto sync_value(Napi::Env env, F body) -> decltype(body()) {
  try {
    return body();
  } catch (const NativeError& e) {
    throw Napi::Error(env, error_payload(env, e));
  }
}

}  // namespace ao
