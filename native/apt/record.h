// One version's record as a plain value.
#pragma once

#include <apt-pkg/pkgcache.h>
#include <apt-pkg/pkgrecords.h>

#include "apt/values.h"

namespace ao::apt {

// Fills what the archive (or the local .deb) says; plan fields are left alone.
PackageValue describe(pkgRecords& records, const pkgCache::VerIterator& version);

// "amd64", or "all": as the package says, not as apt files it.
std::string architecture_of(const pkgCache::VerIterator& version);

}  // namespace ao::apt
