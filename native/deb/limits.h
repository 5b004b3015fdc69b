// What a .deb may cost before it is refused. All sizes are bytes.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ao::deb {

constexpr uint64_t kKiB = 1024, kMiB = 1024 * kKiB;

// `xz -9` has a dictionary of 64 MiB and needs 65 MiB; nothing in Debian needs more.
constexpr uint64_t kXzMemory = 80 * kMiB;
// 128 MiB, what `zstd --long` uses; dpkg-deb stays below.
constexpr int kZstdWindowLog = 27;

constexpr uint64_t kControlBytes = 64 * kMiB;
constexpr size_t kControlMembers = 64;
constexpr size_t kControlField = kMiB;
// dpkg's MAXCONTROLFILENAME.
constexpr size_t kControlName = 100;
// Text of a script that the manifest repeats; the whole script lies in the commit.
constexpr size_t kManifestText = 256 * kKiB;

constexpr size_t kComponent = 255, kPath = 4095, kComponents = 256;
// A GNU long name: a path with "./" before and NUL after.
constexpr size_t kLongName = kPath + 3;
constexpr size_t kMaxEntries = 500'000;

// Unpacked bytes of data.tar. Installed-Size is what dpkg-gencontrol counted in KiB; 0 where the field is missing.
inline uint64_t payload_bytes(uint64_t installed_kib, uint64_t deb_bytes) {
  uint64_t declared = installed_kib ? std::min(installed_kib, UINT64_MAX / (20 * kKiB)) * 20 * kKiB
                                    : std::min(deb_bytes, UINT64_MAX / 50) * 50;
  return std::max(64 * kMiB, declared);
}

// Every file, directory and link costs at least 1 KiB of Installed-Size, but empty files cost nothing.
inline size_t payload_entries(uint64_t installed_kib) {
  return static_cast<size_t>(std::clamp<uint64_t>(installed_kib * 20, 65'536, kMaxEntries));
}

}  // namespace ao::deb
