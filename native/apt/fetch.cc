#include "apt/fetch.h"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/hashes.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/sourcelist.h>
#include <apt-pkg/strutl.h>
#include <sys/stat.h>

#include <deque>
#include <map>
#include <memory>

#include "apt/diagnostics.h"
#include "apt/record.h"
#include "apt/session.h"
#include "apt/status.h"

namespace ao::apt {

namespace {

pkgCache::VerIterator find_version(pkgCache& cache, const FetchWanted& want) {
  const std::string arch = want.architecture == "all" ? cache.NativeArch() : want.architecture;
  auto package = cache.FindPkg(want.name, arch);
  if (!package.end())
    for (auto v = package.VersionList(); !v.end(); ++v)
      if (want.version == v.VerStr()) return v;
  throw NativeError("ERR_APT_UNKNOWN_PACKAGE", "no source has " + want.name + "=" + want.version)
      .with("package", want.name)
      .with("version", want.version);
}

bool has_sha256(const std::string& file, const std::string& expected) {
  FileFd fd;
  if (!fd.Open(file, FileFd::ReadOnly)) return false;
  Hashes hashes(Hashes::SHA256SUM);
  if (!hashes.AddFD(fd)) return false;
  const auto list = hashes.GetHashStringList();
  const auto* sum = list.find("SHA256");
  return sum != nullptr && sum->HashValue() == expected;
}

// libapt-pkg takes a file that lies in the archives folder for complete when its size is right.
void drop_damaged(const pkgCache::VerIterator& version, const std::string& sha256) {
  const std::string file = _config->FindDir("Dir::Cache::archives") +
                           QuoteString(version.ParentPkg().Name(), "_:") + '_' + QuoteString(version.VerStr(), "_:") +
                           '_' + QuoteString(version.Arch(), "_:.") + ".deb";
  if (FileExists(file) && !sha256.empty() && !has_sha256(file, sha256)) RemoveFile("fetch", file);
}

struct Job {
  FetchWanted want;
  std::string store;
  pkgAcqArchive* item = nullptr;
  bool told = false;
};

}  // namespace

FetchResult fetch(const std::vector<FetchWanted>& wanted, const FetchLocks& locks,
                  const std::function<void(const FetchedFile&)>& on_file, const Control& control) {
  ErrorScope scope;
  const FolderLock archives_lock(locks.archives, FolderLock::kExclusive, control);
  const FolderLock lists_lock(locks.lists, FolderLock::kShared, control);
  // The lists may have changed since they were last read.
  auto& file = Session::instance().open({}, control);
  auto& cache = *file.GetPkgCache();
  pkgRecords records(cache);

  AcquireStatus status(control);
  pkgAcquire acquire(&status);
  const std::string archives = _config->FindDir("Dir::Cache::archives");
  if (!acquire.GetLock(archives)) throw failure("ERR_APT", "locking " + archives);

  std::deque<Job> jobs;  // never moved: the items keep references to `store`
  std::map<const pkgAcquire::Item*, Job*> by_item;
  FetchResult result;
  auto tell = [&](Job& job) {
    if (job.told || !job.item->Complete || job.item->Status != pkgAcquire::Item::StatDone) return;
    job.told = true;
    const auto hashes = job.item->GetExpectedHashes();
    const auto* sum = hashes.find("SHA256");
    const std::string sha256 = sum == nullptr ? "" : sum->HashValue();
    if (!job.want.sha256.empty() && sha256 != job.want.sha256) {
      result.failures.push_back({plain_uri(*job.item), "the source now lists SHA256 " + sha256 + " instead of " + job.want.sha256, "fetch"});
      return;
    }
    result.files.push_back({job.want.name, job.want.version, job.want.architecture, job.item->DestFile, sha256});
    on_file(result.files.back());
  };

  for (const auto& want : wanted) {
    control.check();
    const auto version = find_version(cache, want);
    drop_damaged(version, want.sha256);
    auto& job = jobs.emplace_back(Job{want, "", nullptr, false});
    job.item = new pkgAcqArchive(&acquire, file.GetSourceList(), &records, version, job.store);  // owned by `acquire`
    by_item[job.item] = &job;
    if (!job.item->IsTrusted()) result.failures.push_back({plain_uri(*job.item), "the source is not signed", "untrusted"});
  }
  warnings_or_throw("ERR_APT_FETCH", "looking up the files to fetch");
  if (!result.failures.empty()) return result;

  status.on_done = [&](pkgAcquire::Item& item) {
    if (auto it = by_item.find(&item); it != by_item.end()) tell(*it->second);
  };
  for (auto& job : jobs) tell(job);
  run_acquire(acquire, control);
  for (auto& job : jobs) {
    tell(job);
    if (job.told) continue;
    result.failures.push_back({plain_uri(*job.item), job.item->ErrorText, "fetch"});
  }
  if (result.failures.empty())
    result.warnings = warnings_or_throw("ERR_APT_FETCH", "fetching packages");
  else
    for (auto& d : drain()) result.warnings.push_back(std::move(d.text));
  return result;
}

}  // namespace ao::apt
