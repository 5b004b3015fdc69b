// Paths with a meaning of their own, with the reason for each.
#pragma once

namespace ao::deb {

// Names in the root that merged /usr makes symlinks into /usr. Packages built before still ship files there.
constexpr const char* kUsrAliases[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"};

struct ReservedPath {
  const char* path;  // a trailing '*' matches any rest of the name
  bool directories_allowed;
  const char* reason;
};

constexpr ReservedPath kReservedPaths[] = {
    {"usr/etc", false, "OSTree keeps the pristine /etc there"},
    {"ostree", false, "OSTree keeps the repository and the deployments there"},
    {"sysroot", false, "OSTree mounts the physical root there"},
    {"boot/loader*", false, "OSTree writes the boot entries there"},
    {"usr/lib/ostree-boot", false, "OSTree looks for kernels there"},
    {"usr/lib/sysimage/dpkg", false, "the package database of the image lies there"},
    {"usr/share/factory/var", false, "the image keeps the initial /var there"},
    // The package of dpkg ships the folders.
    {"var/lib/dpkg", true, "only dpkg may write its database"},
};

}  // namespace ao::deb
