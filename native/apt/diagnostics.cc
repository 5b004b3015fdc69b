#include "apt/diagnostics.h"

#include <apt-pkg/error.h>

namespace ao::apt {

std::vector<Diagnostic> drain() {
  std::vector<Diagnostic> out;
  while (!_error->empty()) {
    std::string text;
    const bool error = _error->PopMessage(text);
    out.push_back({error ? "error" : "warning", text});
  }
  return out;
}

NativeError failure(const char* code, const std::string& operation) {
  auto diagnostics = drain();
  std::string message;
  for (const auto& d : diagnostics) {
    if (d.severity != "error") continue;
    message = d.text;
    break;
  }
  if (message.empty()) message = diagnostics.empty() ? "libapt-pkg gave no reason" : diagnostics.front().text;
  NativeError error(code, message);
  error.operation = operation;
  error.domain = "apt";
  error.diagnostics = std::move(diagnostics);
  return error;
}

ErrorScope::ErrorScope() { _error->Discard(); }
ErrorScope::~ErrorScope() { _error->Discard(); }

std::vector<std::string> warnings_or_throw(const char* code, const std::string& operation) {
  if (_error->PendingError()) throw failure(code, operation);
  std::vector<std::string> texts;
  for (auto& d : drain()) texts.push_back(std::move(d.text));
  return texts;
}

}  // namespace ao::apt
