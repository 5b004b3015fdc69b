// Lists what a script left in its upper folder.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "common/cancel_token.h"
#include "sandbox/layer_dir.h"

namespace ao {

struct ScannedEntry {
  std::string path;  // "/usr/bin/sh"
  EntryKind kind;
  struct stat st;
  std::string target;  // of symlinks
  bool opaque = false;
  std::vector<std::string> xattrs;
};

// Everything below `dir`, parents first, names in byte order; the folder itself comes first as "/".
std::vector<ScannedEntry> scan_layer(const std::string& dir, const CancelToken& cancel);

}  // namespace ao
