// Builds arrays for JS on the JS thread.
#pragma once

#include <string>
#include <vector>

#include "common/napi_setup.h"

namespace ao {

// `convert(env, element)` gives what Array::Set takes. The handles of an element are let go before the next one.
template <typename T, typename F>
Napi::Array to_array(Napi::Env env, const std::vector<T>& values, F convert) {
  auto out = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) {
    Napi::HandleScope scope(env);
    out.Set(i, convert(env, values[i]));
  }
  return out;
}

inline Napi::Array to_array(Napi::Env env, const std::vector<std::string>& texts) {
  return to_array(env, texts, [](Napi::Env e, const std::string& text) { return Napi::String::New(e, text); });
}

}  // namespace ao
