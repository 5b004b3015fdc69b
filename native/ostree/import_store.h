// Contents of a package as objects of the repository. Each byte is hashed once, by OpenSSL, while it is read;
// what the repository has already is not written. For one thread; several may write to one repository.
#pragma once

#include <string>

#include "deb/digest.h"
#include "deb/store.h"
#include "ostree/glib.h"
#include "ostree/repo_state.h"

namespace ao {

class ImportStore final : public deb::ObjectStore {
 public:
  ImportStore(OstreeRepo* repo, GCancellable* cancellable) : repo_(repo), cancellable_(cancellable) {}
  ImportStore(const ImportStore&) = delete;
  ImportStore& operator=(const ImportStore&) = delete;

  void begin(const deb::FileMeta& meta) override;
  void write(std::string_view piece) override;
  std::string end() override;
  std::string symlink(uint32_t uid, uint32_t gid, const std::string& target) override;

  // begin, write and end.
  std::string file(const deb::FileMeta& meta, std::string_view bytes);

  const WriteStats& stats() const { return stats_; }

 private:
  void start(std::string header, uint64_t size);
  std::string finish();
  void store(const std::string& checksum, GInputStream* stream);
  void spill(uint64_t size);

  OstreeRepo* repo_;
  GCancellable* cancellable_;
  deb::Digest digest_ = deb::Digest::sha256();
  std::string buffer_;  // header and content; keeps its memory from file to file
  FdGuard spilled_;     // takes the place of the buffer for large files
  uint64_t expected_ = 0, length_ = 0;
  WriteStats stats_;
};

}  // namespace ao
