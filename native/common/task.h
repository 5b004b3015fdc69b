// One long native operation, in three phases: the caller copies arguments in on the JS thread, `work` runs on
// a thread of its own without touching N-API, `convert` builds the JS result back on the JS thread.
// The returned promise settles only after `work` has ended. The libuv pool is never used.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/cancel.h"
#include "common/error.h"
#include "common/napi_setup.h"

namespace ao {

// Latest progress wins: at most one call to JS is in flight, ten a second at the most.
struct Progress {
  double done = 0;
  double total = 0;
  std::string text;
};

class TaskContext {
 public:
  virtual ~TaskContext() = default;
  virtual const CancelToken& cancel() const = 0;
  virtual std::shared_ptr<CancelToken> token() const = 0;
  // From any thread.
  virtual void progress(double done, double total, const std::string& text = "") = 0;
};

using Work = std::function<void(TaskContext&)>;
using Convert = std::function<Napi::Value(Napi::Env)>;

// `call` is the last argument of every async binding: {token, onProgress} or null.
// Capture results in a shared_ptr held by both closures.
Napi::Value start_task(Napi::Env env, const char* name, const Napi::Value& call, Work work, Convert convert);

// Payload of a NativeError as the JS value that promises reject with.
Napi::Value error_payload(Napi::Env env, const NativeError& error);

}  // namespace ao
