// RAII for GLib and libostree objects, and GError as NativeError. Free of Node.
#pragma once

#include <gio/gio.h>
#include <ostree.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "common/error.h"

namespace ao {

struct GDelete {
  void operator()(char* p) const { g_free(p); }
  void operator()(guchar* p) const { g_free(p); }
  void operator()(char** p) const { g_strfreev(p); }
  void operator()(GVariant* p) const { g_variant_unref(p); }
  void operator()(GBytes* p) const { g_bytes_unref(p); }
  void operator()(GHashTable* p) const { g_hash_table_unref(p); }
  void operator()(GPtrArray* p) const { g_ptr_array_unref(p); }
  void operator()(GKeyFile* p) const { g_key_file_unref(p); }
  void operator()(GVariantDict* p) const { g_variant_dict_unref(p); }
  void operator()(GMainContext* p) const { g_main_context_unref(p); }
  template <typename T>
  void operator()(T* p) const {
    g_object_unref(p);
  }
};

// Owns one reference (or one g_malloc'd string); made from "transfer full" results.
template <typename T>
using GPtr = std::unique_ptr<T, GDelete>;
using GStr = GPtr<char>;
using GVar = GPtr<GVariant>;

// Receives a "transfer full" out parameter: ostree_x(repo, OutPtr(var), ...).
template <typename P>
class OutPtr {
 public:
  explicit OutPtr(P& target) : target_(target) {}
  OutPtr(const OutPtr&) = delete;
  OutPtr& operator=(const OutPtr&) = delete;
  ~OutPtr() { target_.reset(raw_); }
  operator typename P::pointer*() { return &raw_; }  // NOLINT: meant to be implicit

 private:
  P& target_;
  typename P::pointer raw_ = nullptr;
};

// A copyable reference to a GObject, for members and captures.
template <typename T>
class GRef {
 public:
  GRef() = default;
  static GRef take(T* p) {
    GRef r;
    r.p_ = p;
    return r;
  }
  static GRef share(T* p) { return take(p ? static_cast<T*>(g_object_ref(p)) : nullptr); }
  GRef(const GRef& o) : p_(o.p_ ? static_cast<T*>(g_object_ref(o.p_)) : nullptr) {}
  GRef(GRef&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  GRef& operator=(GRef o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~GRef() {
    if (p_) g_object_unref(p_);
  }
  T* get() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  void reset() { *this = GRef(); }

 private:
  T* p_ = nullptr;
};

// The floating or full reference `v` as an owned one.
inline GVar take_variant(GVariant* v) { return GVar(g_variant_take_ref(v)); }

// NativeError of a GError (null: a function that returned FALSE without one, which libostree does at times).
NativeError glib_error(const std::string& operation, const GError* error);

// One GError slot: `GErr e; e.check(ostree_x(..., e.out()), "reading the commit");`
class GErr {
 public:
  GErr() = default;
  GErr(const GErr&) = delete;
  GErr& operator=(const GErr&) = delete;
  ~GErr() { g_clear_error(&error_); }

  GError** out() {
    g_clear_error(&error_);
    return &error_;
  }
  const GError* get() const { return error_; }
  bool matches(GQuark domain, int code) const { return g_error_matches(error_, domain, code); }
  [[noreturn]] void raise(const std::string& operation) const { throw glib_error(operation, error_); }
  // Throws unless `ok`, which is a gboolean or a pointer that must not be null.
  template <typename T>
  T check(T ok, const char* operation) const {
    if (!ok) raise(operation);
    return ok;
  }
  template <typename T>
  T check(T ok, const std::string& operation) const {
    if (!ok) raise(operation);
    return ok;
  }

 private:
  GError* error_ = nullptr;
};

// Throws cancelled_error(); `cancellable` may be null.
void check_cancelled(GCancellable* cancellable);

class FdGuard {
 public:
  FdGuard() = default;
  explicit FdGuard(int fd) : fd_(fd) {}
  FdGuard(FdGuard&& o) noexcept : fd_(o.release()) {}
  FdGuard& operator=(FdGuard&& o) noexcept {
    if (this != &o) {
      close();
      fd_ = o.release();
    }
    return *this;
  }
  FdGuard(const FdGuard&) = delete;
  FdGuard& operator=(const FdGuard&) = delete;
  ~FdGuard() { close(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void close() {
    if (fd_ >= 0) ::close(release());
  }

 private:
  int fd_ = -1;
};

// A GMainContext of its own as the thread's default: pulls and asynchronous progress never touch the process's one.
class MainContextScope {
 public:
  MainContextScope() : context_(g_main_context_new()) { g_main_context_push_thread_default(context_.get()); }
  ~MainContextScope() { g_main_context_pop_thread_default(context_.get()); }
  MainContextScope(const MainContextScope&) = delete;
  MainContextScope& operator=(const MainContextScope&) = delete;
  GMainContext* get() const { return context_.get(); }

 private:
  GPtr<GMainContext> context_;
};

}  // namespace ao
