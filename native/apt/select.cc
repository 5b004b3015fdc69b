#include "apt/select.h"

#include <apt-pkg/versionmatch.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace ao::apt {

namespace {

constexpr size_t kNearNames = 3;

size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::vector<std::string> versions_of(const pkgCache::PkgIterator& package) {
  std::vector<std::string> out;
  for (auto v = package.VersionList(); !v.end(); ++v) out.emplace_back(v.VerStr());
  return out;
}

std::set<pkgCache::PkgIterator> providers_of(pkgDepCache& cache, const pkgCache::PkgIterator& package) {
  std::set<pkgCache::PkgIterator> out;
  for (auto p = package.ProvidesList(); !p.end(); ++p)
    if (cache.GetCandidateVersion(p.OwnerPkg()) == p.OwnerVer()) out.insert(p.OwnerPkg());
  return out;
}

pkgCache::PkgIterator find_package(pkgDepCache& cache, const Selector& selector) {
  if (!selector.architecture.empty() && selector.architecture != "all")
    return cache.FindPkg(selector.name, selector.architecture);
  auto package = cache.FindPkg(selector.name);
  if (!package.end() && package->VersionList != 0) return package;
  // Packages of foreign architectures only: apt takes the best of them.
  auto group = cache.FindGrp(selector.name);
  return group.end() ? package : group.FindPreferredPkg();
}

// Architectures for which there is a package of that name.
std::vector<std::string> architectures_of(pkgDepCache& cache, const std::string& name) {
  std::vector<std::string> out;
  auto group = cache.FindGrp(name);
  if (group.end()) return out;
  for (auto p = group.PackageList(); !p.end(); p = group.NextPkg(p))
    if (p->VersionList != 0) out.emplace_back(p.Arch());
  return out;
}

pkgCache::VerIterator nothing(pkgDepCache& cache) { return {cache.GetCache(), nullptr}; }

Selected select_file(pkgDepCache& cache, const Selector& selector, std::vector<UnknownValue>& unknown) {
  // libapt-pkg lets a local .deb provide its own path.
  auto path = cache.FindPkg(selector.file);
  if (!path.end())
    for (auto p = path.ProvidesList(); !p.end(); ++p) return {p.OwnerVer(), ""};
  unknown.push_back({selector.text, selector.file, "file", {}});
  return {nothing(cache), ""};
}

// A version text may be a pattern such as 1.2*; an equal version always wins.
pkgCache::VerIterator find_exact(const pkgCache::PkgIterator& package, const std::string& version) {
  for (auto v = package.VersionList(); !v.end(); ++v)
    if (version == v.VerStr()) return v;
  return pkgVersionMatch(version, pkgVersionMatch::Version).Find(package);
}

}  // namespace

std::vector<std::string> near_names(pkgCache& cache, const std::string& name) {
  const size_t limit = name.size() < 5 ? 1 : 2;
  std::vector<std::pair<size_t, std::string>> found;
  for (auto group = cache.GrpBegin(); !group.end(); ++group) {
    const std::string other = group.Name();
    const size_t longer = std::max(name.size(), other.size());
    if (longer - std::min(name.size(), other.size()) > limit) continue;
    const size_t d = distance(name, other);
    if (d > limit) continue;
    for (auto p = group.PackageList(); !p.end(); p = group.NextPkg(p)) {
      if (p->VersionList == 0) continue;
      found.emplace_back(d, other);
      break;
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (size_t i = 0; i < found.size() && i < kNearNames; ++i) out.push_back(found[i].second);
  return out;
}

Selected select_version(pkgDepCache& cache, const Selector& selector, std::vector<UnknownValue>& unknown) {
  if (!selector.file.empty()) return select_file(cache, selector, unknown);
  auto fail = [&](const char* reason, std::vector<std::string> near) -> Selected {
    unknown.push_back({selector.text, selector.name, reason, std::move(near)});
    return {nothing(cache), ""};
  };

  auto package = find_package(cache, selector);
  if (package.end() || (package->VersionList == 0 && package->ProvidesList == 0)) {
    const auto others = architectures_of(cache, selector.name);
    return others.empty() ? fail("name", near_names(cache, selector.name)) : fail("architecture", others);
  }
  if (package->VersionList == 0) {
    const auto providers = providers_of(cache, package);
    if (providers.size() != 1) {
      std::vector<std::string> names;
      for (const auto& p : providers) names.push_back(p.FullName(true));
      return fail("virtual", names);
    }
    package = *providers.begin();
  }
  if (!selector.version.empty()) {
    auto version = find_exact(package, selector.version);
    return version.end() ? fail("version", versions_of(package)) : Selected{version, ""};
  }
  if (!selector.suite.empty()) {
    auto version = pkgVersionMatch(selector.suite, pkgVersionMatch::Release).Find(package);
    return version.end() ? fail("suite", versions_of(package)) : Selected{version, selector.suite};
  }
  auto candidate = cache.GetCandidateVersion(package);
  if (candidate.end()) candidate = package.CurrentVer();
  return candidate.end() ? fail("no-candidate", versions_of(package)) : Selected{candidate, ""};
}

pkgCache::PkgIterator select_installed(pkgDepCache& cache, const Selector& selector,
                                       std::vector<UnknownValue>& unknown) {
  auto package = find_package(cache, selector);
  if (!package.end() && package->CurrentVer != 0) return package;
  unknown.push_back({selector.text, selector.name, "not-installed", {}});
  return {cache.GetCache(), nullptr};
}

}  // namespace ao::apt
