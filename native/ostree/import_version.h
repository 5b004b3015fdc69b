// The version of the importer: a part of the identity of imported packages. Raise it with every change that makes
// another commit of the same .deb.
#pragma once

namespace ao {

constexpr const char* kImporterVersion = "1";

}  // namespace ao
