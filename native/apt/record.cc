#include "apt/record.h"

#include <apt-pkg/hashes.h>

#include "apt/diagnostics.h"

namespace ao::apt {

namespace {

constexpr const char* kRelations[] = {"Pre-Depends", "Depends",  "Recommends", "Suggests", "Conflicts",
                                      "Breaks",      "Replaces", "Provides",   "Enhances"};

const char* or_empty(const char* text) { return text == nullptr ? "" : text; }

// The record of a source rather than that of the status file, which knows neither file nor hash.
pkgCache::VerFileIterator best_file(const pkgCache::VerIterator& version) {
  auto file = version.FileList();
  for (auto f = version.FileList(); !f.end(); ++f)
    if (!f.File().Flagged(pkgCache::Flag::NotSource)) return f;
  return file;
}

}  // namespace

std::string architecture_of(const pkgCache::VerIterator& version) {
  return or_empty(version.Arch());
}

PackageValue describe(pkgRecords& records, const pkgCache::VerIterator& version) {
  PackageValue value;
  value.name = version.ParentPkg().Name();
  value.version = version.VerStr();
  value.architecture = architecture_of(version);
  const auto file = best_file(version);
  if (file.end()) return value;
  value.local = file.File().Flagged(pkgCache::Flag::LocalSource);
  auto& record = records.Lookup(file);
  const auto hashes = record.Hashes();
  if (const auto* sum = hashes.find("SHA256")) value.sha256 = sum->HashValue();
  value.filename = record.FileName();
  value.size = static_cast<double>(version->Size);
  value.installed_size = static_cast<double>(version->InstalledSize);
  value.section = or_empty(version.Section());
  value.multi_arch = record.RecordField("Multi-Arch");
  value.priority = record.RecordField("Priority");
  value.source = or_empty(version.SourcePkgName());
  value.essential = record.RecordField("Essential") == "yes";
  for (const char* field : kRelations) {
    const std::string text = record.RecordField(field);
    if (!text.empty()) value.relations.emplace_back(field, text);
  }
  return value;
}

}  // namespace ao::apt
