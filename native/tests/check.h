// Tests as plain functions: TEST("what holds") { CHECK_EQUAL(a, b); }
#pragma once

#include <functional>
#include <iostream>
#include <sstream>
#include <string>

#include "common/error.h"

namespace ao::test {

struct Failure {
  std::string text;
};

struct Register {
  Register(const char* name, std::function<void()> body);
};

[[noreturn]] inline void fail(const char* file, int line, const std::string& text) {
  throw Failure{std::string(file) + ":" + std::to_string(line) + ": " + text};
}

template <typename A, typename B>
void check_equal(const A& found, const B& wanted, const char* file, int line) {
  if (found == wanted) return;
  std::ostringstream text;
  text << "found " << found << ", wanted " << wanted;
  fail(file, line, text.str());
}

// "CODE: message" of the NativeError that `run` throws; "" when it throws none.
inline std::string refusal(const std::function<void()>& run) {
  try {
    run();
  } catch (const NativeError& e) {
    return e.code + ": " + e.message;
  }
  return "";
}

inline void check_refused(const std::function<void()>& run, const std::string& with, const char* file, int line) {
  auto found = refusal(run);
  if (found.find(with) == found.npos || found.empty())
    fail(file, line, "refused with \"" + found + "\", not with \"" + with + "\"");
}

}  // namespace ao::test

#define AO_JOIN2(a, b) a##b
#define AO_JOIN(a, b) AO_JOIN2(a, b)
#define TEST(name)                                                                        \
  static void AO_JOIN(test_, __LINE__)();                                                 \
  static ao::test::Register AO_JOIN(register_, __LINE__)(name, AO_JOIN(test_, __LINE__)); \
  static void AO_JOIN(test_, __LINE__)()
#define CHECK_EQUAL(found, wanted) ao::test::check_equal(found, wanted, __FILE__, __LINE__)
#define CHECK(what) \
  if (!(what)) ao::test::fail(__FILE__, __LINE__, #what)
#define CHECK_REFUSED(with, ...) ao::test::check_refused([&] { __VA_ARGS__; }, with, __FILE__, __LINE__)
