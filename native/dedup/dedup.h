// Makes equal files of some folders hardlinks of one another. Free of Node.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ao {

struct DedupOptions {
  bool dry_run = false;
  bool ignore_mtime = false;
};

struct DedupStats {
  uint64_t files = 0;        // regular files looked at
  uint64_t linked = 0;       // names that became links to another file
  uint64_t bytes_saved = 0;  // of files that have no name left
};

struct DedupHooks {
  std::function<void()> check;  // throws to cancel, between files
  std::function<void(double done, double total)> progress;
};

// Files count as equal when content, owner, mode, extended attributes and (unless ignored) mtime are. A name is
// replaced by rename, so it exists at every moment; a file that changes meanwhile is left alone.
// Symlinks are not followed; empty files are left alone, since linking them saves nothing.
DedupStats dedup(const std::vector<std::string>& dirs, const DedupOptions& options, const DedupHooks& hooks);

}  // namespace ao
