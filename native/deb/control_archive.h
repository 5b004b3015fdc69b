// control.tar: flat, regular files only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "deb/control.h"
#include "deb/store.h"
#include "deb/tar.h"

namespace ao::deb {

struct ControlMember {
  std::string name;
  uint32_t mode = 0;
  uint64_t size = 0;
  std::string checksum;
};

struct ControlArchive {
  ControlFields fields;
  std::string control;                       // verbatim
  std::vector<ControlMember> members;        // with `control`, in archive order
  std::map<std::string, std::string> texts;  // conffiles, triggers and scripts as text for planning
  std::map<std::string, std::string> md5sums;
  std::vector<std::string> audit;
};

ControlArchive read_control_archive(Source& tar, ObjectStore& store);

}  // namespace ao::deb
