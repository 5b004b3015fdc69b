#include "common/cancel_token.h"

#include <vector>

#include "common/error.h"

namespace ao {

void CancelToken::check() const {
  if (cancelled()) throw cancelled_error();
}

void CancelToken::cancel() {
  std::vector<std::function<void()>> run;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (flag_.exchange(true)) return;
    for (auto& [id, fn] : handlers_) run.push_back(fn);
  }
  for (auto& fn : run) fn();
}

int CancelToken::on_cancel(std::function<void()> fn) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!cancelled()) {
      handlers_[next_] = std::move(fn);
      return next_++;
    }
  }
  fn();
  return 0;
}

void CancelToken::remove(int id) {
  std::lock_guard<std::mutex> lock(mutex_);
  handlers_.erase(id);
}

}  // namespace ao
