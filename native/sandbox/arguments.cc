#include "sandbox/arguments.h"

#include <unistd.h>

#include <algorithm>

namespace ao {

namespace {

const char* const kBwrap = "/usr/bin/bwrap";

// What maintainer scripts need. No SYS_ADMIN: with it the read-only mounts could be turned writable again. No
// DAC_READ_SEARCH: open_by_handle_at(2) reaches files outside of the root. AUDIT_WRITE: PAM fails without it.
const char* const kCapabilities[] = {
    "CAP_CHOWN",  "CAP_DAC_OVERRIDE", "CAP_FOWNER",  "CAP_FSETID",  "CAP_KILL",
    "CAP_SETGID", "CAP_SETUID",       "CAP_SETPCAP", "CAP_SETFCAP", "CAP_AUDIT_WRITE",
};

// Bytes of each scratch folder: at most 2 GiB, and not so much that all of them full take all memory.
std::string scratch_size() {
  double memory = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return std::to_string(static_cast<long long>(std::min(memory / 5, 2147483648.0)));
}

}  // namespace

std::string layer_name(size_t index) {
  static const char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string name(1, kDigits[index % 36]);
  if (index >= 36) name.insert(name.begin(), kDigits[index / 36]);
  return name;
}

std::string overlay_options(size_t lowers, bool is_volatile) {
  std::string text = "lowerdir=";
  for (size_t i = 0; i < lowers; ++i) {
    if (i) text += ':';
    text += layer_name(i);
  }
  // Names below cannot be layer names: those never hold a dot.
  text += ",upperdir=u.,workdir=w.,redirect_dir=nofollow,metacopy=off,index=off,xino=off";
  if (is_volatile) text += ",volatile";
  return text;
}

std::vector<std::string> bwrap_arguments(const SandboxRequest& request, int status_fd, int seccomp_fd, bool var_tmp) {
  std::vector<std::string> args = {kBwrap, "--bind", request.merged, "/", "--dev", "/dev", "--proc", "/proc"};
  auto add = [&args](std::initializer_list<std::string> more) { args.insert(args.end(), more); };
  std::string size = scratch_size();
  // bwrap leaves /proc/sys writable to real root: core_pattern would run a program on the host.
  add({"--ro-bind", "/proc/sys", "/proc/sys"});
  // bwrap's own is neither limited nor writable to anybody but root (initdb, semaphores of Python).
  add({"--perms", "1777", "--size", size, "--tmpfs", "/dev/shm"});
  add({"--perms", "0755", "--size", size, "--tmpfs", "/run"});
  add({"--perms", "1777", "--size", size, "--tmpfs", "/tmp"});
  if (var_tmp) add({"--perms", "1777", "--size", size, "--tmpfs", "/var/tmp"});
  add({"--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"});
  add({"--hostname", "build", "--die-with-parent", "--new-session"});
  add({"--json-status-fd", std::to_string(status_fd), "--seccomp", std::to_string(seccomp_fd)});
  add({"--cap-drop", "ALL"});
  for (const char* capability : kCapabilities) add({"--cap-add", capability});
  args.insert(args.end(), request.extra.begin(), request.extra.end());
  add({"--clearenv"});
  for (const auto& [key, value] : request.env) add({"--setenv", key, value});
  add({"--chdir", "/", "--"});
  args.insert(args.end(), request.argv.begin(), request.argv.end());
  return args;
}

}  // namespace ao
