// A commit object as plain values. Free of Node.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ostree/glib.h"

namespace ao {

using MetadataValue = std::variant<std::string, bool, double, std::vector<std::string>>;
using Metadata = std::map<std::string, MetadataValue>;

struct CommitInfo {
  std::string checksum;
  std::optional<std::string> parent;
  int64_t timestamp = 0;
  std::string subject;
  std::string body;
  Metadata metadata;
  // Names the tree: SHA-256 over the root's contents and its metadata.
  std::string root_checksum;
};

CommitInfo read_commit(OstreeRepo* repo, const std::string& rev);
// a{sv}, keys sorted, so that equal metadata gives equal bytes.
GVar metadata_variant(const Metadata& metadata);

}  // namespace ao
