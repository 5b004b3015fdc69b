// An open repository and the rules of its one transaction. Free of Node.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

#include "ostree/glib.h"

namespace ao {

struct WriteStats {
  uint64_t objects_written = 0;
  uint64_t objects_reused = 0;
  uint64_t bytes_written = 0;
};

// What a ref must be when the transaction commits; an empty string: it must not exist.
using RefExpectations = std::map<std::string, std::string>;

struct RepoState {
  GRef<OstreeRepo> repo;
  std::string path;

  std::mutex mutex;  // guards closed, users
  bool closed = false;
  int users = 0;

  // libostree's prepare, commit and abort must not run beside anything else: they hold it exclusively.
  std::shared_mutex transaction_mutex;
  bool in_transaction = false;

  std::mutex refs_mutex;  // guards expectations
  RefExpectations expectations;

  RepoState() = default;
  RepoState(const RepoState&) = delete;
  RepoState& operator=(const RepoState&) = delete;
  // Aborts an open transaction.
  ~RepoState();
};

enum class Access { kShared, kExclusive };

// Held by one operation on its own thread for as long as it uses the repository.
class RepoUse {
 public:
  // Throws ERR_CLOSED.
  explicit RepoUse(RepoState& state, Access access = Access::kShared);
  ~RepoUse();
  RepoUse(const RepoUse&) = delete;
  RepoUse& operator=(const RepoUse&) = delete;

  OstreeRepo* get() const { return repo_.get(); }
  RepoState& state() const { return state_; }
  // Throws ERR_INTERNAL when there is none.
  void require_transaction() const;

 private:
  RepoState& state_;
  GRef<OstreeRepo> repo_;
  std::shared_lock<std::shared_mutex> shared_;
  std::unique_lock<std::shared_mutex> exclusive_;
};

// Opens; with `create` ("bare", "archive", ...) makes it where nothing is. A repository of another mode is refused.
void open_repo(RepoState& state, const std::string& path, const std::optional<std::string>& create,
               GCancellable* cancellable);
// Idempotent; operations that run keep it open until they end.
void close_repo(RepoState& state);
std::string repo_mode(RepoState& state);

void begin_transaction(RepoUse& use, GCancellable* cancellable);
WriteStats commit_transaction(RepoUse& use, GCancellable* cancellable);
// Does nothing when no transaction is open.
void abort_transaction(RepoUse& use);

}  // namespace ao
