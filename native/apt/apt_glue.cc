#include "apt/apt_glue.h"

#include <memory>

#include "apt/values_glue.h"
#include "apt/fetch.h"
#include "apt/refresh.h"
#include "apt/session.h"
#include "apt/solve.h"
#include "common/args.h"
#include "common/async.h"

namespace ao::apt {

namespace {

Control control_of(TaskContext& ctx) {
  return {[&ctx] { return ctx.cancel().cancelled(); },
          [&ctx](double done, double total, const std::string& text) { ctx.progress(done, total, text); }};
}

// Runs `work` with the session to itself and gives its value to JS.
template <typename F>
Napi::Value run(const Napi::CallbackInfo& info, const char* name, F work) {
  return async_value(
      info, name,
      [work = std::move(work)](TaskContext& ctx) {
        const auto lock = Session::instance().enter();
        return work(control_of(ctx));
      },
      [](Napi::Env env, const auto& result) { return from(env, result); });
}

// TS: configure(setup, call): Promise<void>
Napi::Value configure(const Napi::CallbackInfo& info) {
  return async_void(info, "apt configure", [setup = to_setup(info[0])](TaskContext&) {
    const auto lock = Session::instance().enter();
    Session::instance().configure(setup);
  });
}

Napi::Value refresh_glue(const Napi::CallbackInfo& info) {
  return run(info, "apt refresh", [lock = to_text(info[0])](const Control& control) { return refresh(lock, control); });
}

Napi::Value resolve_glue(const Napi::CallbackInfo& info) {
  return run(info, "apt resolve",
             [input = to_resolve_input(info[0])](const Control& control) { return resolve(input, control); });
}

// Carries every finished file to JS, none lost and in order.
class FileChannel {
 public:
  FileChannel(Napi::Env env, const Napi::Function& fn)
      : fn_(Napi::ThreadSafeFunction::New(env, fn, "apt file", 0, 1)) {}
  ~FileChannel() { fn_.Release(); }
  FileChannel(const FileChannel&) = delete;
  FileChannel& operator=(const FileChannel&) = delete;

  void send(const FetchedFile& file) {
    fn_.BlockingCall([file](Napi::Env env, Napi::Function fn) {
      if (static_cast<napi_env>(env) != nullptr) fn.Call({from(env, file)});
    });
  }

 private:
  Napi::ThreadSafeFunction fn_;
};

Napi::Value fetch_glue(const Napi::CallbackInfo& info) {
  auto channel = std::make_shared<FileChannel>(info.Env(), info[2].As<Napi::Function>());
  return run(info, "apt fetch",
             [wanted = to_wanted(info[0]), locks = to_locks(info[1]), channel](const Control& control) {
               return fetch(wanted, locks, [&](const FetchedFile& file) { channel->send(file); }, control);
             });
}

}  // namespace

void export_apt(Napi::Env env, Napi::Object exports) {
  exports.Set("configure", Napi::Function::New(env, configure));
  exports.Set("refresh", Napi::Function::New(env, refresh_glue));
  exports.Set("resolve", Napi::Function::New(env, resolve_glue));
  exports.Set("fetch", Napi::Function::New(env, fetch_glue));
}

}  // namespace ao::apt
