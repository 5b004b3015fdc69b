// The manifest of a package as JSON (PackageManifest of lib/native/types.ts).
#pragma once

#include "deb/package.h"

namespace ao::deb {

std::string manifest_json(const Package& package);

}  // namespace ao::deb
