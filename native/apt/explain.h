// Why a request cannot be satisfied, as values: which relation of which package is not met, and what stands in its way.
#pragma once

#include <apt-pkg/depcache.h>

#include <vector>

#include "apt/values.h"

namespace ao::apt {

// `wanted`: what was asked for. Walks from there to the packages whose relations nothing can meet.
std::vector<ProblemValue> explain(pkgDepCache& cache, const std::vector<pkgCache::VerIterator>& wanted);

}  // namespace ao::apt
