#include "common/cancel.h"

namespace ao {

namespace {
const napi_type_tag kTokenTag = {0x6170746f73747265ULL, 0x63616e63656c3031ULL};
using Holder = std::shared_ptr<CancelToken>;
}  // namespace

std::shared_ptr<CancelToken> token_from(const Napi::Value& value) {
  if (value.IsNull() || value.IsUndefined()) return nullptr;
  if (!value.IsExternal() || !value.As<Napi::External<Holder>>().CheckTypeTag(&kTokenTag))
    throw Napi::TypeError::New(value.Env(), "expected a cancel token");
  return *value.As<Napi::External<Holder>>().Data();
}

void export_cancel(Napi::Env env, Napi::Object exports) {
  exports.Set("createCancelToken", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
                auto external = Napi::External<Holder>::New(
                    info.Env(), new Holder(std::make_shared<CancelToken>()),
                    [](Napi::BasicEnv, Holder* holder) { delete holder; });
                external.TypeTag(&kTokenTag);
                return external;
              }));
  exports.Set("cancel", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                if (auto token = token_from(info[0])) token->cancel();
              }));
}

}  // namespace ao
