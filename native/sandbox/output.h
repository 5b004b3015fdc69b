// Output of the sandbox: a log file of limited size, and the last lines in memory.
#pragma once

#include <string>

#include "sandbox/fd.h"

namespace ao {

class Output {
 public:
  // Creates or empties the log file. Throws errno_error.
  Output(const std::string& path, double limit);
  // Reads all that `fd` (non-blocking) has; false at its end.
  bool drain(int fd);
  // Throws when the log could not be written.
  void finish() const;

  bool truncated() const { return truncated_; }
  // From the start of a line where there is one, at most 4 KiB.
  std::string tail() const;

 private:
  void keep(const char* data, size_t size);

  std::string path_;
  UniqueFd log_;
  double left_;
  bool truncated_ = false;
  int error_ = 0;
  std::string recent_;
};

}  // namespace ao
