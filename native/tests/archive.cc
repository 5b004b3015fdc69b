#include "archive.h"

#include <lzma.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace ao::test {

const char* const kControl =
    "Package: demo\nVersion: 1.0\nArchitecture: all\nMaintainer: Test <test@example.org>\nDescription: test\n";

std::string read_all(deb::Source& source) {
  std::string all;
  for (auto piece = source.peek(); !piece.empty(); piece = source.peek()) {
    all += piece;
    source.take(piece.size());
  }
  return all;
}

void MemoryStore::begin(const deb::FileMeta& meta) {
  char text[64];
  std::snprintf(text, sizeof text, "file %o %u %u ", meta.mode, meta.uid, meta.gid);
  open_ = text;
}

std::string MemoryStore::symlink(uint32_t uid, uint32_t gid, const std::string& target) {
  return "link " + std::to_string(uid) + " " + std::to_string(gid) + " " + target;
}

void fix_checksum(std::string& tar, size_t at) {
  std::memset(&tar[at + 148], ' ', 8);
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(tar[at + i]);
  std::snprintf(&tar[at + 148], 8, "%06o", sum);
}

std::string tar_entry(const std::string& name, char type, const std::string& data, const std::string& link) {
  std::string header(512, '\0');
  auto put = [&](size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  char number[16];
  put(0, name.substr(0, 100));
  put(100, type == '5' ? "0000755" : "0000644");
  put(108, "0000000");
  put(116, "0000000");
  std::snprintf(number, sizeof number, "%011zo", data.size());
  put(124, number);
  put(136, "00000000000");
  header[156] = type;
  put(157, link);
  put(257, std::string("ustar  "));
  put(265, "root");
  put(297, "root");
  fix_checksum(header, 0);
  return header + data + std::string((512 - data.size() % 512) % 512, '\0');
}

std::string tar_end() { return std::string(1024, '\0'); }

std::string ar_member(const std::string& name, const std::string& data) {
  char header[61];
  std::snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name.c_str(), 0, 0, 0, "100644", data.size());
  return std::string(header, 60) + data + (data.size() % 2 ? "\n" : "");
}

std::string gzip(const std::string& data) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflate");
  std::string out(deflateBound(&stream, data.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string xz(const std::string& data) {
  std::string out(lzma_stream_buffer_bound(data.size()), '\0');
  size_t used = 0;
  if (lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const uint8_t*>(data.data()), data.size(),
                              reinterpret_cast<uint8_t*>(out.data()), &used, out.size()) != LZMA_OK)
    throw std::runtime_error("xz");
  out.resize(used);
  return out;
}

std::string zstd(const std::string& data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 1));
  return out;
}

std::string package(const std::string& control, const std::string& entries) {
  return "!<arch>\n" + ar_member("debian-binary", "2.0\n") +
         ar_member("control.tar.gz", gzip(tar_entry("./", '5') + tar_entry("./control", '0', control) + tar_end())) +
         ar_member("data.tar.gz", gzip(tar_entry("./", '5') + entries + tar_end()));
}

deb::Package read(const std::string& bytes, deb::ObjectStore& store) {
  int fd = memfd_create("deb", MFD_CLOEXEC);
  if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("memfd");
  lseek(fd, 0, SEEK_SET);
  struct Close {
    int fd;
    ~Close() { close(fd); }
  } closing{fd};
  deb::Watch watch;
  return deb::read_package(fd, bytes.size(), store, watch);
}

}  // namespace ao::test
