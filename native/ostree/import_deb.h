// One .deb as a commit of the repository. Free of Node.
#pragma once

#include <optional>
#include <string>

#include "deb/source.h"
#include "ostree/glib.h"
#include "ostree/repo_state.h"

namespace ao {

struct ImportedDeb {
  std::string commit, ref, sha256, name, version, architecture;
  uint64_t size = 0;
  bool cached = false;
  double seconds = 0;
  WriteStats stats;
};

// Within the open transaction; from several threads at the same time. The ref is set only when all went well, so that
// nothing refers to what a failed import has written. Throws ERR_DEB_* (ERR_DEB_HASH when the file is not the
// expected one), and whatever `watch` throws.
ImportedDeb import_deb(RepoUse& use, const std::string& file, const std::optional<std::string>& expected_sha256,
                       deb::Watch& watch, GCancellable* cancellable);

}  // namespace ao
