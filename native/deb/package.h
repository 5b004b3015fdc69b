// The whole .deb: debian-binary, control.tar, data.tar, in this order and once.
#pragma once

#include "deb/control_archive.h"
#include "deb/file_source.h"
#include "deb/payload.h"

namespace ao::deb {

struct Package {
  ControlArchive control;
  Payload payload;
  std::string sha256;
  uint64_t size = 0;  // of the .deb
};

// Reads `file` from its present offset to its end. `size` is what the file is thought to have, for limits only.
// Throws ERR_DEB_FORMAT, ERR_DEB_LIMIT, ERR_DEB_CONTROL or ERR_DEB_RESERVED_PATH, whatever `store` throws,
// and whatever `watch` throws.
Package read_package(int fd, uint64_t size, ObjectStore& store, Watch& watch);

}  // namespace ao::deb
