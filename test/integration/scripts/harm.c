/* System calls that a shell cannot make. Exits with 0 when the call did what it must not. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int done(const char* what, long result) {
  printf("%s: %s\n", what, result < 0 ? "refused" : "DONE");
  return result < 0 ? 1 : 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "mmap-write")) {
    int fd = open(argv[2], O_RDWR);
    char* p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return 2;
    memcpy(p, "HARM", 4);
    return msync(p, 4096, MS_SYNC);
  }
  if (!strcmp(what, "access")) return done(what, access(argv[2], W_OK));
  if (!strcmp(what, "newuser")) return done(what, unshare(CLONE_NEWUSER));
  if (!strcmp(what, "clone-newuser")) return done(what, syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0));
  if (!strcmp(what, "clone3")) return done(what, syscall(SYS_clone3, 0, 0));
  if (!strcmp(what, "newns")) return done(what, unshare(CLONE_NEWNS));
  if (!strcmp(what, "mount")) return done(what, mount("x", "/tmp", "tmpfs", 0, 0));
  if (!strcmp(what, "keyctl")) return done(what, syscall(SYS_keyctl, 0, -3, 1));
  if (!strcmp(what, "bpf")) return done(what, syscall(SYS_bpf, 0, 0, 0));
  if (!strcmp(what, "io_uring")) return done(what, syscall(SYS_io_uring_setup, 1, 0));
  if (!strcmp(what, "tiocsti")) return done(what, ioctl(0, TIOCSTI, "x"));
#ifdef __x86_64__
  /* The same call by its 32-bit number. */
  if (!strcmp(what, "newuser-i386")) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(310), "b"(CLONE_NEWUSER) : "memory");
    return done(what, result);
  }
  if (!strcmp(what, "newuser-x32")) return done(what, syscall(0x40000000 + SYS_unshare, CLONE_NEWUSER));
#endif
  return 3;
}
