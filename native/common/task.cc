#include "common/task.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
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
  std::optional<NativeError> error;

  std::mutex mutex;  // guards the latest progress
  Progress latest;
  Clock::time_point last_sent{};
  bool in_flight = false;
  bool wants_progress = false;

  // The environment can end (a worker is terminated) while `work` runs; nothing of it is touched after `open` is false.
  std::mutex gate;
  std::condition_variable changed;
  Napi::ThreadSafeFunction to_js;
  bool open = true;
  bool ended = false;

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
    std::lock_guard<std::mutex> lock(gate);
    if (open) to_js.NonBlockingCall([this](Napi::Env env, Napi::Function) { deliver(env); });
  }

  void deliver(Napi::Env env) {
    Progress p;
    {
      std::lock_guard<std::mutex> lock(mutex);
      p = latest;
      in_flight = false;
    }
    if (on_progress.IsEmpty()) return;
    try {
      Napi::HandleScope scope(env);
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

  // On the JS thread, before Node frees the thread-safe function. Work is given time to stop, so that a process
  // does not end in the midst of it; work that does not stop goes on without an environment.
  static void environment_ends(void* data) {
    auto* state = static_cast<State*>(data);
    state->token_->cancel();
    std::unique_lock<std::mutex> lock(state->gate);
    state->changed.wait_for(lock, std::chrono::seconds(5), [&] { return state->ended; });
    state->open = false;
  }
};

void run(const std::shared_ptr<State>& state) {
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
  std::lock_guard<std::mutex> lock(state->gate);
  if (state->open) {
    // Queued after every progress call of this thread, so the promise settles last.
    state->to_js.BlockingCall([state = state.get()](Napi::Env env, Napi::Function) {
      try {
        state->settle(env);
      } catch (const Napi::Error&) {
        // The environment is being torn down: nobody waits for the promise any more.
      }
    });
    state->to_js.Release();
  }
  state->ended = true;
  state->changed.notify_all();
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
  auto state = std::make_shared<State>(env);
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
  // Frees what belongs to JS on its own thread, whichever of the two lets go of the state last.
  state->to_js = Napi::ThreadSafeFunction::New(
      env, Napi::Function(), Napi::Object(), name, 0, 1,
      [](Napi::Env env, std::shared_ptr<State>* held) {
        napi_remove_env_cleanup_hook(env, State::environment_ends, held->get());
        (*held)->on_progress.Reset();
        delete held;
      },
      new std::shared_ptr<State>(state));
  // Hooks run in reverse order: this one before the thread-safe function's own.
  napi_add_env_cleanup_hook(env, State::environment_ends, state.get());
  auto promise = state->deferred.Promise();
  std::thread(run, state).detach();
  return promise;
}

}  // namespace ao
