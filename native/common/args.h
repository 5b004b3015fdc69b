// Reads the arguments of a binding on the JS thread. A wrong type is a defect of our own TypeScript: a TypeError.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/napi_setup.h"

namespace ao {

// Refuses NUL bytes, which C interfaces would silently cut at.
inline std::string to_text(const Napi::Value& value) {
  if (!value.IsString()) throw Napi::TypeError::New(value.Env(), "expected a string");
  auto text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) throw Napi::TypeError::New(value.Env(), "a string must not hold a NUL byte");
  return text;
}

// null and undefined are nullopt.
inline std::optional<std::string> to_optional_text(const Napi::Value& value) {
  if (value.IsNull() || value.IsUndefined()) return std::nullopt;
  return to_text(value);
}

// `convert(element)` of each.
template <typename F>
auto to_list(const Napi::Value& value, F convert) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "expected an array");
  auto array = value.As<Napi::Array>();
  std::vector<decltype(convert(std::declval<Napi::Value>()))> out;
  out.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    Napi::HandleScope scope(value.Env());
    out.push_back(convert(array.Get(i)));
  }
  return out;
}

inline std::vector<std::string> to_texts(const Napi::Value& value) { return to_list(value, to_text); }

inline Napi::Object to_fields(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "expected an object");
  return value.As<Napi::Object>();
}

inline int64_t to_int(const Napi::Value& value) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "expected a number");
  return value.As<Napi::Number>().Int64Value();
}

inline double to_double(const Napi::Value& value) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "expected a number");
  return value.As<Napi::Number>().DoubleValue();
}

inline bool to_bool(const Napi::Value& value) {
  if (!value.IsBoolean()) throw Napi::TypeError::New(value.Env(), "expected a boolean");
  return value.As<Napi::Boolean>().Value();
}

// Bytes of a Buffer, copied.
inline std::string to_bytes(const Napi::Value& value) {
  if (!value.IsBuffer()) throw Napi::TypeError::New(value.Env(), "expected a Buffer");
  auto buffer = value.As<Napi::Buffer<char>>();
  return std::string(buffer.Data(), buffer.Length());
}

}  // namespace ao
