// Plain values that the cores take and give; values_glue.cc turns them into JS values.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ao::apt {

// How a running core hears of a cancellation and tells how far it is.
struct Control {
  std::function<bool()> cancelled;
  std::function<void(double, double, const std::string&)> progress;
  void check() const;
};

// A package argument, taken apart by TypeScript. Empty strings: not given.
struct Selector {
  std::string text;  // as it was written
  std::string name;
  std::string architecture;
  std::string version;
  std::string suite;
  std::string file;  // absolute path of a local .deb
};

struct ResolveInput {
  std::string lists_lock;
  std::vector<Selector> install;
  std::vector<Selector> remove;
  bool upgrade = false;
  bool essential = false;
  bool purge = false;
};

struct PackageValue {
  std::string name, version, architecture, replaces, origin;
  std::string multi_arch, priority, section, source, filename, sha256;
  bool automatic = false, essential = false, local = false;
  double size = 0, installed_size = 0;
  std::vector<std::pair<std::string, std::string>> relations;
};

struct OperationValue {
  std::string kind, name, architecture;
};

struct RemovedValue {
  std::string name, version, architecture, origin;
};

// One alternative of a relation that is not met, with what the archive and the plan hold of it.
struct AlternativeValue {
  std::string name, constraint;
  std::string planned;    // version that would be there, or ""
  std::string candidate;  // version that could be chosen, or ""
  std::string reason;     // "missing" | "virtual" | "version" | "not-chosen" | "planned"
  std::vector<std::string> providers;
};

struct ProblemValue {
  std::string package, version, architecture, kind, relation;
  std::vector<AlternativeValue> alternatives;
};

// An argument that no source can serve.
struct UnknownValue {
  std::string text, name, reason;  // "name" | "architecture" | "version" | "suite" | "virtual" | "file" | "not-installed" | "no-candidate"
  std::vector<std::string> near;   // near names, versions that exist, or providers
};

struct ResolveResult {
  bool solved = false;
  std::vector<PackageValue> install;
  std::vector<RemovedValue> remove;
  std::vector<OperationValue> operations;
  std::vector<std::string> automatic;
  std::vector<UnknownValue> unknown;
  std::vector<ProblemValue> problems;
  std::vector<std::string> warnings;
  double download_size = 0, installed_size = 0;
};

struct FetchFailure {
  std::string uri, text, kind;  // kind: "fetch" | "untrusted"
};

struct RefreshResult {
  std::vector<FetchFailure> failures;
  std::vector<std::string> warnings;
};

struct FetchLocks {
  std::string lists, archives;
};

struct FetchWanted {
  std::string name, version, architecture, sha256;
};

struct FetchedFile {
  std::string name, version, architecture, file, sha256;
};

struct FetchResult {
  std::vector<FetchedFile> files;
  std::vector<FetchFailure> failures;
  std::vector<std::string> warnings;
};

}  // namespace ao::apt
