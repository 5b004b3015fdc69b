// A cancel token, made on one thread and read by the thread of one task. Knows nothing of Node.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

namespace ao {

class CancelToken {
 public:
  bool cancelled() const { return flag_.load(std::memory_order_acquire); }
  // Throws cancelled_error(); call between units of work.
  void check() const;
  void cancel();
  // `fn` runs on the thread that cancels (the JS thread): it must not block. Runs at once if already cancelled.
  int on_cancel(std::function<void()> fn);
  void remove(int id);

 private:
  std::atomic<bool> flag_{false};
  std::mutex mutex_;
  std::map<int, std::function<void()>> handlers_;
  int next_ = 1;
};

}  // namespace ao
