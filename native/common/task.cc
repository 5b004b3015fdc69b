#include "common/task.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace ao {

namespace {

using Clock = std::chrono::steady_clock;

struct State final : TaskContext {
  std::shared_ptr<CancelToken> token_ = std::make_shared<CancelToken>();
  Work work;
  Convert convert;
  Napi::Promise::Deferred deferred;
  Napi::FunctionReference on_progress;  // used and released on the JS thread only
  Napi::ThreadSafeFunction to_js;
  std::optional<NativeError> error;

  std::mutex mutex;
  Progress latest;
  Clock::time_point last_sent{};
  bool in_flight = false;
  bool wants_progress = false;

  explicit State(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)) {}

  const CancelToken& cancel() const override { return *token_; }
  std::shared_ptr<CancelToken> token() const override { return token_; }

  void progress(double done, double total, const std::string& text) override {
    if (!wants_progress) return;
    {
      std::lock_guard<std::mutex> lock(mutex);
      latest = Progress{done, total, text};
      auto now = Clock::now();
      if (in_flight || (now - last_sent < std::chrono::milliseconds(100) && done < total)) return;
      in_flight = true;
      last_sent = now;
    }
    to_js.NonBlockingCall([this](Napi::Env env, Napi::Function) { deliver(env); });
  }

  void deliver(Napi::Env env) {
    Progress p;
    {
      std::lock_guard<std::mutex> lock(mutex);
      p = latest;
      in_flight = false;
    }
    if (on_progress.IsEmpty()) return;
    Napi::HandleScope scope(env);
    try {
      on_progress.Call({Napi::Number::New(env, p.done), Napi::Number::New(env, p.total), Napi::String::New(env, p.text)});
    } catch (const Napi::Error&) {
      // A monitor that throws must not break the transaction it watches.
    }
  }

  void settle(Napi::Env env) {
    Napi::HandleScope scope(env);
    if (wants_progress && latest.total > 0) deliver(env);
    on_progress.Reset();
    if (!error) {
      try {
        deferred.Resolve(convert(env));
        return;
      } catch (const Napi::Error& e) {
        deferred.Reject(e.Value());
        return;
      } catch (const NativeError& e) {
        error = e;
      } catch (const std::exception& e) {
        error = NativeError("ERR_INTERNAL", e.what());
      }
    }
    deferred.Reject(error_payload(env, *error));
  }
};

void run(State* state) {
  try {
    state->token_->check();
    state->work(*state);
  } catch (const NativeError& e) {
    state->error = e;
  } catch (const std::exception& e) {
    state->error = NativeError("ERR_INTERNAL", e.what());
  } catch (...) {
    state->error = NativeError("ERR_INTERNAL", "unknown C++ exception");
  }
  // Queued after every progress call of this thread, so the promise settles last. If the environment is
  // going away the call is refused and the state is freed with the thread-safe function's finalizer.
  auto to_js = state->to_js;
  to_js.BlockingCall([state](Napi::Env env, Napi::Function) {
    if (static_cast<napi_env>(env) != nullptr) state->settle(env);
  });
  to_js.Release();
}

}  // namespace

Napi::Value error_payload(Napi::Env env, const NativeError& error) {
  auto o = Napi::Object::New(env);
  o.Set("native", true);
  o.Set("code", error.code);
  o.Set("message", error.message);
  o.Set("operation", error.operation);
  o.Set("domain", error.domain);
  o.Set("number", Napi::Number::New(env, error.number));
  auto diagnostics = Napi::Array::New(env, error.diagnostics.size());
  for (uint32_t i = 0; i < error.diagnostics.size(); ++i) {
    auto d = Napi::Object::New(env);
    d.Set("severity", error.diagnostics[i].severity);
    d.Set("text", error.diagnostics[i].text);
    diagnostics.Set(i, d);
  }
  o.Set("diagnostics", diagnostics);
  auto details = Napi::Object::New(env);
  for (const auto& [key, value] : error.details) details.Set(key, value);
  o.Set("details", details);
  return o;
}

Napi::Value start_task(Napi::Env env, const char* name, const Napi::Value& call, Work work, Convert convert) {
  auto* state = new State(env);
  state->work = std::move(work);
  state->convert = std::move(convert);
  if (call.IsObject()) {
    auto options = call.As<Napi::Object>();
    if (auto token = token_from(options.Get("token"))) state->token_ = token;
    auto fn = options.Get("onProgress");
    if (fn.IsFunction()) {
      state->on_progress = Napi::Persistent(fn.As<Napi::Function>());
      state->wants_progress = true;
    }
  }
  state->to_js = Napi::ThreadSafeFunction::New(
      env, Napi::Function(), Napi::Object(), name, 0, 1, [](Napi::Env, State* s) { delete s; }, state);
  auto promise = state->deferred.Promise();
  std::thread(run, state).detach();
  return promise;
}

}  // namespace ao
