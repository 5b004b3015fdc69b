#include "ostree/glib.h"

namespace ao {

namespace {

const char* code_of(const GError* error) {
  if (error->domain != G_IO_ERROR) return "ERR_OSTREE";
  switch (error->code) {
    case G_IO_ERROR_NOT_FOUND:
      return "ERR_OSTREE_NOT_FOUND";
    case G_IO_ERROR_NO_SPACE:
      return "ERR_NO_SPACE";
    case G_IO_ERROR_CANCELLED:
      return "ERR_CANCELLED";
    case G_IO_ERROR_FAILED:
      // libostree keeps a reserve of the disk, and has no code of its own for it.
      return std::strstr(error->message, "min-free-space-") ? "ERR_NO_SPACE" : "ERR_OSTREE";
    default:
      return "ERR_OSTREE";
  }
}

}  // namespace

NativeError glib_error(const std::string& operation, const GError* error) {
  if (!error) {
    NativeError e("ERR_OSTREE", "libostree failed without giving a reason");
    e.operation = operation;
    return e;
  }
  NativeError e(code_of(error), error->message);
  e.operation = operation;
  e.domain = g_quark_to_string(error->domain);
  e.number = error->code;
  return e;
}

void check_cancelled(GCancellable* cancellable) {
  if (cancellable && g_cancellable_is_cancelled(cancellable)) throw cancelled_error();
}

}  // namespace ao
