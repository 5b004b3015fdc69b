// The fold: a base commit with changes becomes a new commit. Free of Node.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ostree/changes.h"
#include "ostree/commit_info.h"
#include "ostree/repo_state.h"

namespace ao {

struct CommitRequest {
  std::optional<std::string> base;  // a rev; nullopt: an empty tree
  std::vector<Change> changes;
  std::optional<std::string> parent;  // a checksum
  std::string subject, body;
  uint64_t timestamp = 0;
  Metadata metadata;
};

struct WrittenCommit {
  std::string commit;
  std::string root_checksum;  // as CommitInfo
  WriteStats stats;
};

using ProgressFn = std::function<void(double done, double total)>;

// Within the open transaction.
WrittenCommit write_commit(OstreeRepo* repo, const CommitRequest& request, const ProgressFn& progress,
                           GCancellable* cancellable);

}  // namespace ao
