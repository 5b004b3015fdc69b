// A GCancellable that follows a task's cancel token for as long as the scope lives.
#pragma once

#include "common/task.h"
#include "ostree/glib.h"

namespace ao {

class CancelScope {
 public:
  explicit CancelScope(const TaskContext& ctx) : token_(ctx.token()), cancellable_(GRef<GCancellable>::take(g_cancellable_new())) {
    // The handler may run once more after `remove`: it holds its own reference.
    id_ = token_->on_cancel([c = cancellable_] { g_cancellable_cancel(c.get()); });
  }
  ~CancelScope() {
    if (id_) token_->remove(id_);
  }
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  GCancellable* get() const { return cancellable_.get(); }

 private:
  std::shared_ptr<CancelToken> token_;
  GRef<GCancellable> cancellable_;
  int id_ = 0;
};

}  // namespace ao
