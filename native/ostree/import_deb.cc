#include "ostree/import_deb.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>

#include "deb/file_source.h"
#include "deb/package.h"
#include "ostree/commit_info.h"
#include "ostree/import_store.h"
#include "ostree/import_tree.h"
#include "ostree/import_version.h"
#include "ostree/refs.h"

namespace ao {

namespace {

std::string ref_of(const std::string& sha256) { return "apt-ostree/deb/" + sha256 + "/" + kImporterVersion; }

FdGuard open_deb(const std::string& file, uint64_t& size) {
  // O_NONBLOCK: a named pipe is refused, not waited for.
  FdGuard fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat st;
  if (!fd || fstat(fd.get(), &st) != 0) throw errno_error("opening the file", errno);
  if (!S_ISREG(st.st_mode)) throw NativeError("ERR_DEB_FORMAT", "it is not a regular file");
  size = static_cast<uint64_t>(st.st_size);
  return fd;
}

std::optional<ImportedDeb> find_imported(OstreeRepo* repo, const std::string& sha256) {
  ImportedDeb d;
  d.sha256 = sha256;
  d.ref = ref_of(sha256);
  auto commit = resolve_rev(repo, d.ref);
  if (!commit) return std::nullopt;
  auto metadata = read_commit(repo, *commit).metadata;
  auto text = [&](const char* key) {
    auto* value = std::get_if<std::string>(&metadata[std::string("apt-ostree.") + key]);
    return value ? *value : "";
  };
  d.commit = *commit;
  d.name = text("package");
  d.version = text("version");
  d.architecture = text("architecture");
  d.size = std::stoull("0" + text("size"));
  d.cached = true;
  return d;
}

std::string hash_file(int fd, deb::Watch& watch) {
  auto sha256 = deb::FileSource(fd, watch).sha256();
  if (lseek(fd, 0, SEEK_SET) < 0) throw errno_error("reading the file", errno);
  return sha256;
}

std::string write_commit(OstreeRepo* repo, const ImportedDeb& d, GFile* root, GCancellable* cancellable) {
  // Only text: numbers would have the byte order of the machine, and the same .deb another commit elsewhere.
  Metadata metadata{{"apt-ostree.package", d.name},
                    {"apt-ostree.version", d.version},
                    {"apt-ostree.sha256", d.sha256},
                    {"apt-ostree.architecture", d.architecture},
                    {"apt-ostree.importer", std::string(kImporterVersion)},
                    {"apt-ostree.size", std::to_string(d.size)}};
  auto subject = d.name + "_" + d.version + "_" + d.architecture;
  GErr error;
  GStr commit;
  error.check(
      ostree_repo_write_commit_with_time(repo, nullptr, subject.c_str(), nullptr, metadata_variant(metadata).get(),
                                         OSTREE_REPO_FILE(root), 0, OutPtr(commit), cancellable, error.out()),
      "writing the commit");
  return commit.get();
}

ImportedDeb read_and_write(OstreeRepo* repo, int fd, uint64_t size, const std::optional<std::string>& expected,
                           deb::Watch& watch, GCancellable* cancellable) {
  ImportStore store(repo, cancellable);
  auto package = deb::read_package(fd, size, store, watch);
  if (expected && *expected != package.sha256)
    throw NativeError("ERR_DEB_HASH", "its SHA-256 is " + package.sha256 + ", not " + *expected)
        .with("expected", *expected)
        .with("found", package.sha256);
  watch.check();
  auto root = write_package_tree(repo, package, store, cancellable);
  const auto& fields = package.control.fields;
  ImportedDeb d;
  d.sha256 = package.sha256;
  d.ref = ref_of(d.sha256);
  d.name = fields.name;
  d.version = fields.version;
  d.architecture = fields.architecture;
  d.size = package.size;
  d.commit = write_commit(repo, d, root.get(), cancellable);
  ostree_repo_transaction_set_ref(repo, nullptr, d.ref.c_str(), d.commit.c_str());
  d.stats = store.stats();
  return d;
}

}  // namespace

ImportedDeb import_deb(RepoUse& use, const std::string& file, const std::optional<std::string>& expected_sha256,
                       deb::Watch& watch, GCancellable* cancellable) {
  auto started = std::chrono::steady_clock::now();
  use.require_transaction();
  auto import = [&]() -> ImportedDeb {
    if (expected_sha256)
      if (auto found = find_imported(use.get(), *expected_sha256)) return *found;
    uint64_t size = 0;
    auto fd = open_deb(file, size);
    // Hashing alone takes a twentieth of an import. The import hashes what it parses itself once more.
    if (!expected_sha256)
      if (auto found = find_imported(use.get(), hash_file(fd.get(), watch))) return *found;
    return read_and_write(use.get(), fd.get(), size, expected_sha256, watch, cancellable);
  };
  try {
    auto imported = import();
    imported.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return imported;
  } catch (NativeError& e) {
    if (e.code != "ERR_CANCELLED") {
      if (!e.operation.empty() && e.message.rfind(e.operation, 0) != 0) e.message = e.operation + ": " + e.message;
      e.operation = "importing " + file;
      e.with("file", file);
    }
    throw;
  }
}

}  // namespace ao
