// Refs: names of commits. Free of Node.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ostree/glib.h"
#include "ostree/repo_state.h"

namespace ao {

// libostree writes a ref without looking at its old value; whoever compares and sets one holds this lock,
// a file of the repository that all processes of apt-ostree share. Ends with the process.
class RefLock {
 public:
  RefLock(OstreeRepo* repo, GCancellable* cancellable);

 private:
  FdGuard fd_;
};

// nullopt when the ref or a parent (REF^) does not exist.
std::optional<std::string> resolve_rev(OstreeRepo* repo, const std::string& rev);
// The commit's checksum; throws ERR_OSTREE_NOT_FOUND.
std::string require_rev(OstreeRepo* repo, const std::string& rev);

std::map<std::string, std::string> list_refs(OstreeRepo* repo, const std::optional<std::string>& prefix,
                                             GCancellable* cancellable);

// Throws ERR_REF_MOVED unless the ref on disk is `expected` (empty: does not exist).
void check_ref(OstreeRepo* repo, const std::string& ref, const std::string& expected);

// `to` nullopt deletes. Within a transaction the change and the check take effect when it commits (the check at once, too).
void set_ref(RepoUse& use, const std::string& ref, const std::optional<std::string>& to,
             const std::optional<std::string>& expected, GCancellable* cancellable);

}  // namespace ao
