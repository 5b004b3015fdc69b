// libFuzzer: one whole .deb an input.
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"
#include "deb/manifest.h"

namespace {

class NullStore final : public ao::deb::ObjectStore {
 public:
  void begin(const ao::deb::FileMeta&) override {}
  void write(std::string_view) override {}
  std::string end() override { return std::string(64, '0'); }
  std::string symlink(uint32_t, uint32_t, const std::string&) override { return std::string(64, '0'); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static int fd = memfd_create("deb", MFD_CLOEXEC);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  lseek(fd, 0, SEEK_SET);
  NullStore store;
  ao::deb::Watch watch;
  try {
    ao::deb::manifest_json(ao::deb::read_package(fd, size, store, watch));
  } catch (const ao::NativeError& e) {
    if (e.code.rfind("ERR_DEB_", 0) != 0) throw;
  }
  return 0;
}
