// All differences between libapt-pkg 2.6 (Debian 12) and 3.0 (Debian 13) stand here, and nowhere else.
#pragma once

#include <apt-pkg/configuration.h>
#include <apt-pkg/macros.h>
#include <apt-pkg/pkgcache.h>

#include <string>

namespace ao::apt {

#if APT_PKG_ABI >= 700
// 3.0 can take its solver from the configuration; there MarkInstall does not follow dependencies.
inline void choose_solver() { _config->Set("APT::Solver", "internal"); }
#else
inline void choose_solver() {}
#endif

}  // namespace ao::apt
