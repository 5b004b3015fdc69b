// The inner archives. dpkg's grammar is the upper bound: ustar and GNU headers, regular files, directories,
// symlinks and hardlinks, GNU long names; no pax, no sparse files, no devices.
#pragma once

#include <cstdint>
#include <string>

#include "deb/source.h"

namespace ao::deb {

enum class TarType { file, hardlink, symlink, dir };

struct TarEntry {
  TarType type = TarType::file;
  std::string name;  // as the archive has it
  std::string link;  // target of a symlink, name of the other member for a hardlink
  uint32_t mode = 0;
  uint32_t uid = 0, gid = 0;
  std::string uname, gname;
  uint64_t size = 0;
  int64_t mtime = 0;
};

class TarReader {
 public:
  explicit TarReader(Source& in) : in_(in), body_(in) {}
  // Passes over what is left of the current entry. False at the end mark; the source has then been read to its end.
  bool next(TarEntry& entry);
  // The current file's bytes; throws ERR_DEB_FORMAT when the archive ends inside.
  Source& content() { return body_; }

 private:
  class Body final : public Source {
   public:
    explicit Body(Source& in) : in_(in) {}
    void open(uint64_t size);
    // Passes over the rest and the padding.
    void close();
    std::string_view peek() override;
    void take(size_t n) override;

   private:
    Source& in_;
    uint64_t left_ = 0;
    uint32_t padding_ = 0;
  };

  std::string long_name(uint64_t size);

  Source& in_;
  Body body_;
};

}  // namespace ao::deb
