#include "apt/solve.h"

#include <apt-pkg/algorithms.h>
#include <apt-pkg/error.h>
#include <apt-pkg/pkgrecords.h>

#include <algorithm>
#include <list>
#include <map>

#include "apt/diagnostics.h"
#include "apt/explain.h"
#include "apt/order.h"
#include "apt/record.h"
#include "apt/select.h"
#include "apt/session.h"

namespace ao::apt {

namespace {

using Id = map_id_t;

class Solver {
 public:
  Solver(pkgDepCache& cache, const ResolveInput& input) : cache_(cache), input_(input), resolver_(&cache) {}

  bool solve(ResolveResult& result, const Control& control) {
    collect(result.unknown);
    if (!result.unknown.empty()) return false;
    mark();
    control.check();
    // Both "no" and broken packages mean that there is no solution; the explanation is ours to find.
    _error->PushToStack();
    const bool solved = resolver_.Resolve(true);
    _error->RevertToStack();
    control.check();
    if (solved && cache_.BrokenCount() == 0) {
      drop_garbage();
      return true;
    }
    std::vector<pkgCache::VerIterator> wanted;
    for (const auto& s : selected_) wanted.push_back(s.version);
    result.problems = explain(cache_, wanted);
    return false;
  }

  void describe_plan(pkgRecords& records, ResolveResult& result) {
    for (auto p = cache_.PkgBegin(); !p.end(); ++p) {
      auto& state = cache_[p];
      if (state.Delete() && p->CurrentState != pkgCache::State::NotInstalled) {
        const auto version = p.CurrentVer();
        result.remove.push_back({p.Name(), version.end() ? "" : version.VerStr(),
                                 version.end() ? p.Arch() : architecture_of(version), origin(p)});
        continue;
      }
      const auto planned = state.InstVerIter(cache_);
      if (!planned.end() && (state.Flags & pkgCache::Flag::Auto) != 0)
        result.automatic.push_back(std::string(p.Name()) + ":" + p.Arch());
      if (!state.Install()) continue;
      auto value = describe(records, planned);
      value.automatic = (state.Flags & pkgCache::Flag::Auto) != 0;
      value.origin = origin(p);
      if (p->CurrentVer != 0) value.replaces = p.CurrentVer().VerStr();
      result.install.push_back(std::move(value));
    }
    std::sort(result.automatic.begin(), result.automatic.end());
    result.download_size = static_cast<double>(cache_.DebSize());
    result.installed_size = static_cast<double>(cache_.UsrSize());
  }

 private:
  void collect(std::vector<UnknownValue>& unknown) {
    if (input_.essential) {
      for (auto p = cache_.PkgBegin(); !p.end(); ++p) {
        if ((p->Flags & pkgCache::Flag::Essential) == 0 || std::string(p.Arch()) != cache_.GetCache().NativeArch())
          continue;
        const auto version = cache_.GetCandidateVersion(p);
        if (!version.end()) add({version, ""}, "essential");
      }
    }
    for (const auto& selector : input_.install) {
      auto selected = select_version(cache_, selector, unknown);
      if (!selected.version.end()) add(selected, "requested");
    }
    for (const auto& selector : input_.remove) {
      auto package = select_installed(cache_, selector, unknown);
      if (package.end()) continue;
      remove_.push_back(package);
      origins_[package->ID] = "requested";
    }
  }

  void add(const Selected& selected, const char* why) {
    selected_.push_back(selected);
    origins_[selected.version.ParentPkg()->ID] = why;
  }

  // In apt-get's order: removals, requests without their dependencies, candidates of given suites, dependencies.
  void mark() {
    pkgDepCache::ActionGroup group(cache_);
    for (const auto& package : remove_) {
      resolver_.Clear(package);
      resolver_.Protect(package);
      resolver_.Remove(package);
      cache_.MarkDelete(package, input_.purge);
    }
    std::vector<pkgCache::PkgIterator> later;
    for (const auto& s : selected_) {
      const auto package = s.version.ParentPkg();
      cache_.SetCandidateVersion(s.version);
      resolver_.Clear(package);
      resolver_.Protect(package);
      cache_.MarkInstall(package, false);
      // Not left to MarkInstall, which keeps the mark of an upgrade: apt-get has never swept when it comes here.
      cache_.MarkAuto(package, false);
      later.push_back(package);
    }
    follow_suites();
    if (input_.upgrade) upgrade(later);
    for (const auto& package : later) cache_.MarkInstall(package, true);
  }

  void follow_suites() {
    for (const auto& s : selected_) {
      if (s.suite.empty()) continue;
      std::list<std::pair<pkgCache::VerIterator, pkgCache::VerIterator>> changed;
      cache_.SetCandidateRelease(s.version, s.suite, changed);
    }
  }

  void upgrade(std::vector<pkgCache::PkgIterator>& later) {
    for (auto p = cache_.PkgBegin(); !p.end(); ++p) {
      if (p->CurrentVer == 0 || origins_.count(p->ID) != 0) continue;
      const auto candidate = cache_.GetCandidateVersion(p);
      if (candidate.end() || candidate == p.CurrentVer()) continue;
      cache_.MarkInstall(p, false, 0, false);
      if (!cache_[p].Install()) continue;
      origins_[p->ID] = "upgrade";
      later.push_back(p);
    }
  }

  // What the solver took on a way that it left again. Dropped unless something is broken without it.
  void drop_garbage() {
    cache_.MarkAndSweep();
    std::vector<pkgCache::PkgIterator> dropped;
    for (auto p = cache_.PkgBegin(); !p.end(); ++p)
      if (cache_[p].Garbage && cache_[p].Install() && p->CurrentVer == 0) dropped.push_back(p);
    const auto broken = [&] { return cache_.BrokenCount() + cache_.PolicyBrokenCount(); };
    const auto before = broken();
    for (const auto& p : dropped) cache_.MarkDelete(p, false, 0, false);
    for (bool changed = true; changed && broken() > before;) {
      changed = false;
      for (const auto& p : dropped) {
        const auto without = broken();
        if (cache_[p].Install() || without <= before) continue;
        cache_.MarkInstall(p, false, 0, false);
        if (broken() < without)
          changed = true;
        else
          cache_.MarkDelete(p, false, 0, false);
      }
    }
  }

  std::string origin(const pkgCache::PkgIterator& package) const {
    const auto it = origins_.find(package->ID);
    return it == origins_.end() ? "" : it->second;
  }

  pkgDepCache& cache_;
  const ResolveInput& input_;
  pkgProblemResolver resolver_;
  std::vector<Selected> selected_;
  std::vector<pkgCache::PkgIterator> remove_;
  std::map<Id, std::string> origins_;
};

}  // namespace

ResolveResult resolve(const ResolveInput& input, const Control& control) {
  ErrorScope scope;
  auto& session = Session::instance();
  const FolderLock lists_lock(input.lists_lock, FolderLock::kShared, control);
  std::vector<std::string> locals;
  for (const auto& s : input.install)
    if (!s.file.empty()) locals.push_back(s.file);
  auto& file = session.open(locals, control);
  auto& cache = session.dep_cache();
  control.check();

  ResolveResult result;
  result.warnings = warnings_or_throw("ERR_APT_CACHE_OPEN", "opening the package lists");
  Solver solver(cache, input);
  if (!solver.solve(result, control)) return result;
  pkgRecords records(*file.GetPkgCache());
  solver.describe_plan(records, result);
  result.operations = order(cache);
  result.solved = true;
  for (auto& text : warnings_or_throw("ERR_APT", "solving the request")) result.warnings.push_back(std::move(text));
  return result;
}

}  // namespace ao::apt
