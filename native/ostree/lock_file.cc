#include "ostree/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>

namespace ao {

FdGuard try_lock(const std::string& file) {
  FdGuard fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) throw errno_error("opening the lock " + file, errno);
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return FdGuard();
    throw errno_error("locking " + file, errno);
  }
  return fd;
}

}  // namespace ao
