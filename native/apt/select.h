// Finds the version that a package argument means, as apt-get does.
#pragma once

#include <apt-pkg/depcache.h>

#include <vector>

#include "apt/values.h"

namespace ao::apt {

struct Selected {
  pkgCache::VerIterator version;
  std::string suite;  // given with the argument: what it needs may come from there too
};

// Adds to `unknown` and returns an end iterator when nothing fits.
Selected select_version(pkgDepCache& cache, const Selector& selector, std::vector<UnknownValue>& unknown);
// An installed package, or an end iterator (and an entry in `unknown`).
pkgCache::PkgIterator select_installed(pkgDepCache& cache, const Selector& selector, std::vector<UnknownValue>& unknown);

// Names of packages that look like `name`, nearest first.
std::vector<std::string> near_names(pkgCache& cache, const std::string& name);

}  // namespace ao::apt
