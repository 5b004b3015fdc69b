#include "check.h"

#include <utility>
#include <vector>

namespace ao::test {

namespace {
std::vector<std::pair<const char*, std::function<void()>>>& tests() {
  static std::vector<std::pair<const char*, std::function<void()>>> all;
  return all;
}
}  // namespace

Register::Register(const char* name, std::function<void()> body) { tests().emplace_back(name, std::move(body)); }

}  // namespace ao::test

int main() {
  int failed = 0;
  for (auto& [name, body] : ao::test::tests()) {
    std::string why;
    try {
      body();
    } catch (const ao::test::Failure& f) {
      why = f.text;
    } catch (const std::exception& e) {
      why = e.what();
    }
    if (!why.empty()) ++failed;
    std::cout << (why.empty() ? "ok   " : "FAIL ") << name << (why.empty() ? "" : "\n     " + why) << std::endl;
  }
  return failed ? 1 : 0;
}
