// The sequence of unpacks, early configures and removals that libapt-pkg would hand to dpkg.
#pragma once

#include <apt-pkg/depcache.h>

#include <vector>

#include "apt/values.h"

namespace ao::apt {

std::vector<OperationValue> order(pkgDepCache& cache);

}  // namespace ao::apt
