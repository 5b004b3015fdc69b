// Errors as data. Native code never words a message for people and never picks a class:
// it throws NativeError, and TypeScript (lib/errors/native.ts) makes the typed error of it.
#pragma once

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace ao {

struct Diagnostic {
  std::string severity;  // "error" | "warning" | "notice"
  std::string text;
};

struct NativeError : std::exception {
  std::string code;       // stable ERR_* string, one of lib/errors/codes.ts
  std::string message;    // raw text of the library or the reader
  std::string operation;  // what was being done, for people: "opening the repository"
  std::string domain;     // GError domain, "errno", "apt" or ""
  int number = 0;         // GError code or errno
  std::vector<Diagnostic> diagnostics;
  std::vector<std::pair<std::string, std::string>> details;

  NativeError(std::string c, std::string m) : code(std::move(c)), message(std::move(m)) {}
  const char* what() const noexcept override { return message.c_str(); }

  NativeError& with(std::string key, std::string value) & {
    details.emplace_back(std::move(key), std::move(value));
    return *this;
  }
  NativeError&& with(std::string key, std::string value) && {
    details.emplace_back(std::move(key), std::move(value));
    return std::move(*this);
  }
};

// `errno` of a failed system call; call at once, before anything can overwrite it.
inline NativeError errno_error(const std::string& operation, int err) {
  NativeError e(err == ENOSPC ? "ERR_NO_SPACE" : "ERR_SYSTEM", std::strerror(err));
  e.operation = operation;
  e.domain = "errno";
  e.number = err;
  return e;
}

// Thrown by long operations when their token was cancelled; becomes the signal's own reason in TypeScript.
inline NativeError cancelled_error() { return NativeError("ERR_CANCELLED", "cancelled"); }

}  // namespace ao
