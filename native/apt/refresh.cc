#include "apt/refresh.h"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/sourcelist.h>

#include "apt/diagnostics.h"
#include "apt/session.h"
#include "apt/status.h"

namespace ao::apt {

namespace {

// A wrong hash of an index is told like a wrong signature; only the latter is a matter of trust.
bool is_release(const std::string& uri) {
  return ends_with(uri, "/InRelease") || ends_with(uri, "/Release") || ends_with(uri, "/Release.gpg");
}

std::vector<FetchFailure> failed_items(pkgAcquire& acquire, const AcquireStatus& status) {
  std::vector<FetchFailure> out;
  for (auto it = acquire.ItemsBegin(); it != acquire.ItemsEnd(); ++it) {
    auto& item = **it;
    if (item.Status == pkgAcquire::Item::StatDone) continue;
    item.Finished();
    const std::string uri = plain_uri(item);
    const bool untrusted =
        status.bad_signature(&item) || (item.Status == pkgAcquire::Item::StatAuthError && is_release(uri));
    out.push_back({uri, item.ErrorText, untrusted ? "untrusted" : "fetch"});
  }
  return out;
}

}  // namespace

RefreshResult refresh(const std::string& lock, const Control& control) {
  ErrorScope scope;
  Session::instance().close();
  const FolderLock folder(lock, FolderLock::kExclusive, control);
  pkgSourceList sources;
  if (!sources.ReadMainList()) throw failure("ERR_APT", "reading the sources");

  AcquireStatus status(control);
  pkgAcquire acquire(&status);
  const std::string lists = _config->FindDir("Dir::State::lists");
  if (!acquire.GetLock(lists)) throw failure("ERR_APT", "locking " + lists);
  if (!sources.GetIndexes(&acquire)) throw failure("ERR_APT", "reading the sources");
  run_acquire(acquire, control);

  RefreshResult result;
  result.failures = failed_items(acquire, status);
  // A source without any signature leaves no failed item, only an error (and none where it is marked as trusted).
  if (result.failures.empty() && _error->PendingError())
    for (const auto& uri : status.missing_signatures()) result.failures.push_back({uri, "", "untrusted"});
  if (!result.failures.empty()) {
    for (auto& d : drain()) result.warnings.push_back(std::move(d.text));
    return result;
  }
  result.warnings = warnings_or_throw("ERR_APT_FETCH", "refreshing the package lists");
  if (!acquire.Clean(lists) || !acquire.Clean(lists + "partial/")) throw failure("ERR_APT", "cleaning " + lists);
  return result;
}

}  // namespace ao::apt
