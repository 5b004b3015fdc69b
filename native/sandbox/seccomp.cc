#include "sandbox/seccomp.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#ifndef TIOCLINUX
#define TIOCLINUX 0x541C
#endif

namespace ao {

namespace {

struct Numbers {
  uint32_t arch;
  uint32_t clone, unshare, clone3, ioctl;
  std::vector<uint32_t> forbidden;
};

// Own architecture first, then the one that the same kernel also runs.
std::vector<Numbers> architectures() {
#if defined(__x86_64__)
  const uint32_t own = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  const uint32_t own = AUDIT_ARCH_AARCH64;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
  const uint32_t own = AUDIT_ARCH_PPC64LE;
#elif defined(__riscv) && __riscv_xlen == 64
  const uint32_t own = AUDIT_ARCH_RISCV64;
#else
  const uint32_t own = 0;
#endif
  if (own == 0) return {};
  std::vector<Numbers> all = {{own, SYS_clone, SYS_unshare, SYS_clone3, SYS_ioctl,
                               {SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open,
                                SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register}}};
#if defined(__x86_64__)
  all.push_back({AUDIT_ARCH_I386, 120, 310, 435, 54, {286, 287, 288, 357, 336, 374, 425, 426, 427}});
#elif defined(__aarch64__)
  all.push_back({AUDIT_ARCH_ARM, 120, 337, 435, 54, {309, 310, 311, 386, 364, 388, 425, 426, 427}});
#endif
  return all;
}

class Program {
 public:
  std::vector<sock_filter> code;

  void load(uint32_t offset) { code.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
  void give(uint32_t value) { code.push_back(BPF_STMT(BPF_RET | BPF_K, value)); }
  // The next `count` instructions run only when the loaded word is `value`.
  void when_equal(uint32_t value, uint8_t count) { code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)); }
  void when_any_bit(uint32_t bits, uint8_t count) { code.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, count)); }
};

constexpr uint32_t refuse(int error) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(error); }

// Low half of a 64-bit argument; the kernel looks at no more of these three.
constexpr uint32_t argument(size_t index) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return offsetof(seccomp_data, args) + index * 8;
#else
  return offsetof(seccomp_data, args) + index * 8 + 4;
#endif
}

Program rules_of(const Numbers& n) {
  Program p;
  p.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  // x32 has numbers of its own for the same calls.
  if (n.arch == AUDIT_ARCH_X86_64) {
    p.code.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    p.give(refuse(ENOSYS));
  }
#endif
  for (uint32_t number : n.forbidden) {
    p.when_equal(number, 1);
    p.give(refuse(EPERM));
  }
  // Its flags are in memory, which a filter cannot read; the C library falls back to clone.
  p.when_equal(n.clone3, 1);
  p.give(refuse(ENOSYS));
  for (uint32_t number : {n.clone, n.unshare}) {
    p.when_equal(number, 4);
    p.load(argument(0));
    p.when_any_bit(CLONE_NEWUSER, 1);
    p.give(refuse(EPERM));
    p.give(SECCOMP_RET_ALLOW);
  }
  p.when_equal(n.ioctl, 5);
  p.load(argument(1));
  for (uint32_t request : {static_cast<uint32_t>(TIOCSTI), static_cast<uint32_t>(TIOCLINUX)}) {
    p.when_equal(request, 1);
    p.give(refuse(EPERM));
  }
  p.give(SECCOMP_RET_ALLOW);
  return p;
}

}  // namespace

std::vector<sock_filter> seccomp_program() {
  Program program;
  auto all = architectures();
  program.load(offsetof(seccomp_data, arch));
  for (const auto& numbers : all) {
    auto rules = rules_of(numbers);
    program.when_equal(numbers.arch, static_cast<uint8_t>(rules.code.size()));
    program.code.insert(program.code.end(), rules.code.begin(), rules.code.end());
  }
  // A machine without a table keeps the capability cut alone; a foreign architecture on one with a table is refused.
  program.give(all.empty() ? SECCOMP_RET_ALLOW : refuse(ENOSYS));
  return program.code;
}

}  // namespace ao
