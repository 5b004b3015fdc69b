#include "ostree/repo_state.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "ostree/refs.h"
#include "ostree/staging.h"

namespace ao {

namespace {

const char* mode_name(OstreeRepoMode mode) {
  switch (mode) {
    case OSTREE_REPO_MODE_BARE:
      return "bare";
    case OSTREE_REPO_MODE_ARCHIVE:
      return "archive";
    case OSTREE_REPO_MODE_BARE_USER:
      return "bare-user";
    case OSTREE_REPO_MODE_BARE_USER_ONLY:
      return "bare-user-only";
    default:
      return "unknown";
  }
}

// Working folders of transactions live inside the repository, so that they can hold hardlinks to its objects.
void make_work_area(OstreeRepo* repo) {
  int dfd = ostree_repo_get_dfd(repo);
  for (const char* dir : {"extensions", "extensions/apt-ostree"}) {
    if (mkdirat(dfd, dir, 0755) == 0 || errno == EEXIST) continue;
    if (errno == EROFS || errno == EACCES) return;  // A repository that can only be read needs none.
    throw errno_error(std::string("creating the folder ") + dir + " of the repository", errno);
  }
}

void drop(GRef<OstreeRepo>& repo, bool in_transaction) {
  if (repo && in_transaction) ostree_repo_abort_transaction(repo.get(), nullptr, nullptr);
  repo.reset();
}

}  // namespace

RepoState::~RepoState() { drop(repo, in_transaction); }

RepoUse::RepoUse(RepoState& state, Access access) : state_(state) {
  {
    std::lock_guard<std::mutex> lock(state.mutex);
    if (state.closed || !state.repo) throw NativeError("ERR_CLOSED", "the repository was closed").with("path", state.path);
    ++state.users;
    repo_ = state.repo;
  }
  if (access == Access::kShared)
    shared_ = std::shared_lock<std::shared_mutex>(state.transaction_mutex);
  else
    exclusive_ = std::unique_lock<std::shared_mutex>(state.transaction_mutex);
}

RepoUse::~RepoUse() {
  repo_.reset();
  std::lock_guard<std::mutex> lock(state_.mutex);
  if (--state_.users == 0 && state_.closed) drop(state_.repo, std::exchange(state_.in_transaction, false));
}

void RepoUse::require_transaction() const {
  if (!state_.in_transaction) throw NativeError("ERR_INTERNAL", "no transaction is open on the repository");
}

void open_repo(RepoState& state, const std::string& path, const std::optional<std::string>& create,
               GCancellable* cancellable) {
  GErr error;
  const std::string operation = (create ? "creating the repository " : "opening the repository ") + path;
  auto file = GPtr<GFile>(g_file_new_for_path(path.c_str()));
  auto repo = GRef<OstreeRepo>::take(ostree_repo_new(file.get()));
  state.path = path;
  if (create) {
    OstreeRepoMode mode;
    error.check(ostree_repo_mode_from_string(create->c_str(), &mode, error.out()), operation);
    if (g_mkdir_with_parents(path.c_str(), 0755) != 0) throw errno_error(operation, errno);
    error.check(ostree_repo_create(repo.get(), mode, cancellable, error.out()), operation);
    if (ostree_repo_get_mode(repo.get()) != mode)
      throw NativeError("ERR_REPO_MODE", "the repository " + path + " has the mode " +
                                             mode_name(ostree_repo_get_mode(repo.get())) + ", not " + *create);
  } else {
    error.check(ostree_repo_open(repo.get(), cancellable, error.out()), operation);
  }
  make_work_area(repo.get());
  state.repo = std::move(repo);
}

void close_repo(RepoState& state) {
  std::lock_guard<std::mutex> lock(state.mutex);
  state.closed = true;
  if (state.users == 0) drop(state.repo, std::exchange(state.in_transaction, false));
}

std::string repo_mode(RepoState& state) {
  RepoUse use(state);
  return mode_name(ostree_repo_get_mode(use.get()));
}

void begin_transaction(RepoUse& use, GCancellable* cancellable) {
  if (use.state().in_transaction) throw NativeError("ERR_INTERNAL", "a transaction is open on the repository already");
  GErr error;
  error.check(ostree_repo_prepare_transaction(use.get(), nullptr, cancellable, error.out()), "beginning a transaction");
  use.state().in_transaction = true;
}

WriteStats commit_transaction(RepoUse& use, GCancellable* cancellable) {
  use.require_transaction();
  RefLock refs(use.get(), cancellable);
  for (const auto& [ref, expected] : use.state().expectations) check_ref(use.get(), ref, expected);
  GErr error;
  OstreeRepoTransactionStats stats = {};
  error.check(ostree_repo_commit_transaction(use.get(), &stats, cancellable, error.out()), "committing the transaction");
  use.state().in_transaction = false;
  use.state().expectations.clear();
  WriteStats out;
  out.objects_written = uint64_t(stats.metadata_objects_written) + stats.content_objects_written;
  out.objects_reused = uint64_t(stats.metadata_objects_total) + stats.content_objects_total - out.objects_written;
  out.bytes_written = stats.content_bytes_written;
  return out;
}

void abort_transaction(RepoUse& use) {
  if (!use.state().in_transaction) return;
  use.state().in_transaction = false;
  use.state().expectations.clear();
  GErr error;
  error.check(ostree_repo_abort_transaction(use.get(), nullptr, error.out()), "aborting the transaction");
  remove_abandoned_staging(use.get());
}

}  // namespace ao
