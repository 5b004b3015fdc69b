#include "apt/explain.h"

#include <apt-pkg/depcache.h>

#include <deque>
#include <set>

#include "apt/record.h"

namespace ao::apt {

namespace {

constexpr size_t kMaxProblems = 40;

std::string text_of(const pkgCache::DepIterator& dep) {
  std::string text = dep.TargetPkg().FullName(true);
  if (dep.TargetVer() != nullptr) text += std::string(" (") + dep.CompType() + " " + dep.TargetVer() + ")";
  return text;
}

std::string version_text(const pkgCache::VerIterator& version) { return version.end() ? "" : version.VerStr(); }

// The version that the plan leaves in place; nothing for a package that goes.
pkgCache::VerIterator planned(pkgDepCache& cache, const pkgCache::PkgIterator& package) {
  return cache[package].InstVerIter(cache);
}

class Explainer {
 public:
  explicit Explainer(pkgDepCache& cache) : cache_(cache) {}

  void add(const pkgCache::VerIterator& version) {
    if (!version.end() && seen_.insert(version->ID).second) queue_.push_back(version);
  }

  std::vector<ProblemValue> run() {
    while (!queue_.empty() && out_.size() < kMaxProblems) {
      const auto version = queue_.front();
      queue_.pop_front();
      visit(version);
    }
    return std::move(out_);
  }

 private:
  // One relation: an or-group of a positive kind, or a single Conflicts or Breaks.
  void visit(const pkgCache::VerIterator& version) {
    for (auto dep = version.DependsList(); !dep.end();) {
      pkgCache::DepIterator start, end;
      dep.GlobOr(start, end);
      if (end.IsNegative()) {
        negative(version, end);
        continue;
      }
      if (end->Type != pkgCache::Dep::Depends && end->Type != pkgCache::Dep::PreDepends) continue;
      if (!met(start, end)) positive(version, start, end);
    }
  }

  bool met(pkgCache::DepIterator start, const pkgCache::DepIterator& end) {
    for (;; ++start) {
      for (auto& target : targets(start))
        // What is itself broken is a link of the chain, not its end.
        if (planned(cache_, target.ParentPkg()) == target && !cache_[target.ParentPkg()].InstBroken()) return true;
      if (start == end) return false;
    }
  }

  std::vector<pkgCache::VerIterator> targets(const pkgCache::DepIterator& dep) {
    std::vector<pkgCache::VerIterator> out;
    std::unique_ptr<pkgCache::Version*[]> list(dep.AllTargets());
    for (auto** v = list.get(); *v != nullptr; ++v) out.emplace_back(cache_.GetCache(), *v);
    return out;
  }

  void positive(const pkgCache::VerIterator& version, pkgCache::DepIterator start, const pkgCache::DepIterator& end) {
    ProblemValue problem = head(version, end);
    for (;; ++start) {
      if (!problem.relation.empty()) problem.relation += " | ";
      problem.relation += text_of(start);
      problem.alternatives.push_back(alternative(start));
      if (start == end) break;
    }
    out_.push_back(std::move(problem));
  }

  AlternativeValue alternative(const pkgCache::DepIterator& dep) {
    const auto package = dep.TargetPkg();
    AlternativeValue value;
    value.name = package.FullName(true);
    if (dep.TargetVer() != nullptr) value.constraint = std::string(dep.CompType()) + " " + dep.TargetVer();
    value.planned = version_text(planned(cache_, package));
    const auto candidate = cache_.GetCandidateVersion(package);
    value.candidate = version_text(candidate);
    bool possible = false;
    for (auto& target : targets(dep)) {
      const auto owner = target.ParentPkg();
      if (owner != package) value.providers.push_back(owner.FullName(true));
      if (cache_.GetCandidateVersion(owner) != target) continue;
      possible = true;
      add(target);
    }
    if (possible)
      value.reason = "not-chosen";
    else if (package->VersionList == 0)
      value.reason = package->ProvidesList == 0 ? "missing" : "virtual";
    else
      value.reason = "version";
    return value;
  }

  void negative(const pkgCache::VerIterator& version, const pkgCache::DepIterator& dep) {
    for (auto& target : targets(dep)) {
      const auto owner = target.ParentPkg();
      if (owner == version.ParentPkg() || planned(cache_, owner) != target) continue;
      ProblemValue problem = head(version, dep);
      problem.relation = text_of(dep);
      AlternativeValue value;
      value.name = owner.FullName(true);
      value.planned = value.candidate = target.VerStr();
      value.reason = "planned";
      problem.alternatives.push_back(std::move(value));
      out_.push_back(std::move(problem));
    }
  }

  static ProblemValue head(const pkgCache::VerIterator& version, const pkgCache::DepIterator& dep) {
    ProblemValue problem;
    problem.package = version.ParentPkg().Name();
    problem.version = version.VerStr();
    problem.architecture = architecture_of(version);
    // Not DepType(): its text is translated.
    switch (dep->Type) {
      case pkgCache::Dep::PreDepends: problem.kind = "Pre-Depends"; break;
      case pkgCache::Dep::Conflicts: problem.kind = "Conflicts"; break;
      case pkgCache::Dep::DpkgBreaks: problem.kind = "Breaks"; break;
      case pkgCache::Dep::Obsoletes: problem.kind = "Obsoletes"; break;
      default: problem.kind = "Depends";
    }
    return problem;
  }

  pkgDepCache& cache_;
  std::deque<pkgCache::VerIterator> queue_;
  std::set<unsigned long> seen_;
  std::vector<ProblemValue> out_;
};

}  // namespace

std::vector<ProblemValue> explain(pkgDepCache& cache, const std::vector<pkgCache::VerIterator>& wanted) {
  Explainer explainer(cache);
  for (const auto& version : wanted) explainer.add(version);
  for (auto p = cache.PkgBegin(); !p.end(); ++p)
    if (cache[p].InstBroken()) explainer.add(planned(cache, p));
  return explainer.run();
}

}  // namespace ao::apt
