#include "ostree/refs.h"

#include <fcntl.h>
#include <sys/file.h>

namespace ao {

namespace {

struct RefSpec {
  GStr remote;
  GStr name;
};

RefSpec parse(const std::string& ref) {
  GErr error;
  RefSpec spec;
  const std::string operation = "reading the ref name " + ref;
  error.check(ostree_parse_refspec(ref.c_str(), OutPtr(spec.remote), OutPtr(spec.name), error.out()), operation);
  // "^" would be accepted here and fail only when the transaction commits.
  error.check(ostree_validate_rev(spec.name.get(), error.out()), operation);
  return spec;
}

// The ref as it is on disk: neither a pending one of the transaction nor one of any remote.
std::string ref_on_disk(OstreeRepo* repo, const std::string& ref) {
  auto spec = parse(ref);
  std::string path = spec.remote ? std::string("refs/remotes/") + spec.remote.get() : std::string("refs/heads");
  path = path + "/" + spec.name.get();
  FdGuard fd(openat(ostree_repo_get_dfd(repo), path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return "";
    throw errno_error("reading the ref " + ref, errno);
  }
  char text[65];
  ssize_t n = read(fd.get(), text, sizeof text);
  if (n < 0 && errno == EISDIR) return "";
  if (n < 0) throw errno_error("reading the ref " + ref, errno);
  if (n < 64 || (n == 65 && text[64] != '\n')) throw NativeError("ERR_OSTREE", "the ref " + ref + " is damaged");
  return std::string(text, 64);
}

}  // namespace

RefLock::RefLock(OstreeRepo* repo, GCancellable* cancellable)
    : fd_(openat(ostree_repo_get_dfd(repo), "extensions/apt-ostree/refs.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (!fd_) throw errno_error("opening the lock of the refs", errno);
  while (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw errno_error("locking the refs", errno);
    check_cancelled(cancellable);
    g_usleep(5000);
  }
}

std::optional<std::string> resolve_rev(OstreeRepo* repo, const std::string& rev) {
  GErr error;
  GStr out;
  if (!ostree_repo_resolve_rev(repo, rev.c_str(), TRUE, OutPtr(out), error.out())) {
    if (error.matches(G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) return std::nullopt;
    error.raise("looking up " + rev);
  }
  if (!out) return std::nullopt;
  std::string checksum(out.get());
  // libostree takes "deb" for the start of a checksum when there is no such ref; a name never means a commit by chance.
  const bool abbreviated = rev.size() < 64 && checksum.compare(0, rev.size(), rev) == 0;
  if (abbreviated && ref_on_disk(repo, rev) != checksum) return std::nullopt;
  return checksum;
}

std::string require_rev(OstreeRepo* repo, const std::string& rev) {
  auto checksum = resolve_rev(repo, rev);
  if (checksum) return *checksum;
  throw NativeError("ERR_OSTREE_NOT_FOUND", "there is no ref or commit " + rev).with("rev", rev);
}

std::map<std::string, std::string> list_refs(OstreeRepo* repo, const std::optional<std::string>& prefix,
                                             GCancellable* cancellable) {
  GErr error;
  GPtr<GHashTable> table;
  error.check(ostree_repo_list_refs_ext(repo, prefix ? prefix->c_str() : nullptr, OutPtr(table),
                                        OSTREE_REPO_LIST_REFS_EXT_NONE, cancellable, error.out()),
              "listing refs");
  std::map<std::string, std::string> out;
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, table.get());
  while (g_hash_table_iter_next(&iter, &key, &value)) out[static_cast<char*>(key)] = static_cast<char*>(value);
  return out;
}

void check_ref(OstreeRepo* repo, const std::string& ref, const std::string& expected) {
  auto now = ref_on_disk(repo, ref);
  if (now == expected) return;
  NativeError e("ERR_REF_MOVED", "the ref " + ref + " is " + (now.empty() ? "gone" : now) + ", not " +
                                     (expected.empty() ? "absent" : expected) + " as expected");
  throw std::move(e).with("ref", ref).with("expected", expected).with("actual", now);
}

void set_ref(RepoUse& use, const std::string& ref, const std::optional<std::string>& to,
             const std::optional<std::string>& expected, GCancellable* cancellable) {
  auto spec = parse(ref);
  GErr error;
  const char* checksum = to ? to->c_str() : nullptr;
  if (checksum) error.check(ostree_validate_checksum_string(checksum, error.out()), "setting the ref " + ref);
  if (use.state().in_transaction) {
    std::lock_guard<std::mutex> lock(use.state().refs_mutex);
    if (expected) {
      check_ref(use.get(), ref, *expected);
      use.state().expectations[ref] = *expected;
    }
    ostree_repo_transaction_set_ref(use.get(), spec.remote.get(), spec.name.get(), checksum);
    return;
  }
  RefLock lock(use.get(), cancellable);
  if (expected) check_ref(use.get(), ref, *expected);
  if (!checksum && ref_on_disk(use.get(), ref).empty()) return;
  error.check(ostree_repo_set_ref_immediate(use.get(), spec.remote.get(), spec.name.get(), checksum, cancellable, error.out()),
              "setting the ref " + ref);
}

}  // namespace ao
