// Regular files below folders, with what decides whether they may be one file. Free of Node.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>
#include <vector>

namespace ao {

struct FoundFile {
  std::string path;
  struct stat info;
};

// Every regular file with content below the folders, each name once even where folders overlap. Stays on the file
// systems that it meets; `check` is called between folders.
std::vector<FoundFile> find_files(const std::vector<std::string>& dirs, const std::function<void()>& check);

}  // namespace ao
