// libapt-pkg's error stack as data. It is thread-local: drain it on the thread that made the call.
#pragma once

#include <string>
#include <vector>

#include "common/error.h"

namespace ao::apt {

// Takes everything off the stack.
std::vector<Diagnostic> drain();

// Takes everything off the stack into an error; its message is the first error on it.
NativeError failure(const char* code, const std::string& operation);

// Gives the task its own stack: what others left behind is not taken for its failure, and nothing is left behind.
class ErrorScope {
 public:
  ErrorScope();
  ~ErrorScope();
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// Texts of the warnings and notices; throws when an error is among them.
std::vector<std::string> warnings_or_throw(const char* code, const std::string& operation);

}  // namespace ao::apt
