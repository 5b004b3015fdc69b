#include "apt/order.h"

#include <apt-pkg/error.h>
#include <apt-pkg/packagemanager.h>

#include "apt/diagnostics.h"
#include "apt/record.h"

namespace ao::apt {

namespace {

class Recorder final : public pkgPackageManager {
 public:
  explicit Recorder(pkgDepCache* cache) : pkgPackageManager(cache) {
    // An unpack without a file name would count as one whose medium must be swapped in.
    for (unsigned long i = 0; i < cache->Head().PackageCount; ++i) FileNames[i] = "present";
  }

  std::vector<OperationValue> take() { return std::move(operations_); }

 protected:
  bool Install(PkgIterator package, std::string) override {
    return record("unpack", package, Cache[package].InstVerIter(Cache));
  }
  bool Configure(PkgIterator package) override {
    return record("configure", package, Cache[package].InstVerIter(Cache));
  }
  bool Remove(PkgIterator package, bool purge) override {
    return record(purge ? "purge" : "remove", package, package.CurrentVer());
  }
  void Reset() override { operations_.clear(); }

 private:
  bool record(const char* kind, const PkgIterator& package, const pkgCache::VerIterator& version) {
    operations_.push_back({kind, package.Name(), version.end() ? package.Arch() : architecture_of(version)});
    return true;
  }

  std::vector<OperationValue> operations_;
};

}  // namespace

std::vector<OperationValue> order(pkgDepCache& cache) {
  Recorder recorder(&cache);
  if (recorder.DoInstallPreFork() == pkgPackageManager::Failed || _error->PendingError())
    throw failure("ERR_APT", "ordering the packages");
  return recorder.take();
}

}  // namespace ao::apt
