#include "ostree/xattrs.h"

#include <sys/xattr.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace ao {

namespace {

bool starts(const std::string& s, const char* prefix) { return s.compare(0, strlen(prefix), prefix) == 0; }

bool is_content(const std::string& name) {
  return !starts(name, "trusted.overlay.") && !starts(name, "user.overlay.") && name != "security.selinux";
}

// Calls a list or get function until its result fits. Empty where the file system has no attributes.
std::string fetch(const std::function<ssize_t(char*, size_t)>& call, const std::string& what) {
  for (;;) {
    ssize_t need = call(nullptr, 0);
    if (need < 0 && errno == ENOTSUP) return "";
    if (need < 0) throw errno_error("reading the attributes of " + what, errno);
    std::string out(size_t(need), '\0');
    ssize_t got = need == 0 ? 0 : call(out.data(), out.size());
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) throw errno_error("reading the attributes of " + what, errno);
    out.resize(size_t(got));
    return out;
  }
}

std::vector<Xattr> collect(const std::string& names, const std::function<std::string(const std::string&)>& get) {
  std::vector<Xattr> out;
  for (size_t at = 0; at < names.size();) {
    std::string name(names.c_str() + at);
    at += name.size() + 1;
    if (is_content(name)) out.push_back({name, get(name)});
  }
  std::sort(out.begin(), out.end(), [](const Xattr& a, const Xattr& b) { return a.name < b.name; });
  return out;
}

GVariant* bytes(const char* data, size_t size) {
  return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

}  // namespace

std::vector<Xattr> read_xattrs(const std::string& path) {
  auto names = fetch([&](char* p, size_t n) { return llistxattr(path.c_str(), p, n); }, path);
  return collect(names, [&](const std::string& name) {
    return fetch([&](char* p, size_t n) { return lgetxattr(path.c_str(), name.c_str(), p, n); }, path);
  });
}

std::vector<Xattr> read_xattrs(int fd) {
  auto names = fetch([&](char* p, size_t n) { return flistxattr(fd, p, n); }, "a folder");
  return collect(names, [&](const std::string& name) {
    return fetch([&](char* p, size_t n) { return fgetxattr(fd, name.c_str(), p, n); }, "a folder");
  });
}

GVar xattrs_variant(const std::vector<Xattr>& xattrs) {
  if (xattrs.empty()) return nullptr;
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ayay)"));
  // The name is stored with its NUL byte.
  for (const auto& x : xattrs)
    g_variant_builder_add(&builder, "(@ay@ay)", bytes(x.name.c_str(), x.name.size() + 1), bytes(x.value.data(), x.value.size()));
  return take_variant(g_variant_builder_end(&builder));
}

std::vector<Xattr> xattrs_of(GVariant* variant) {
  std::vector<Xattr> out;
  for (gsize i = 0; variant && i < g_variant_n_children(variant); ++i) {
    GVar entry(g_variant_get_child_value(variant, i));
    const char* name;
    GVariant* raw;
    g_variant_get(entry.get(), "(^&ay@ay)", &name, &raw);
    GVar value(raw);
    gsize n;
    auto data = static_cast<const char*>(g_variant_get_fixed_array(value.get(), &n, 1));
    out.push_back({name, std::string(data ? data : "", n)});
  }
  return out;
}

void set_xattrs(int fd, const std::vector<Xattr>& xattrs, const std::string& what) {
  for (const auto& x : xattrs)
    if (fsetxattr(fd, x.name.c_str(), x.value.data(), x.value.size(), 0) != 0)
      throw errno_error("setting the attribute " + x.name + " of " + what, errno);
}

void set_xattrs_at(int dir, const std::string& name, const std::vector<Xattr>& xattrs) {
  if (xattrs.empty()) return;
  auto path = "/proc/self/fd/" + std::to_string(dir) + "/" + name;
  for (const auto& x : xattrs)
    if (lsetxattr(path.c_str(), x.name.c_str(), x.value.data(), x.value.size(), 0) != 0)
      throw errno_error("setting the attribute " + x.name + " of " + name, errno);
}

void clear_xattrs(int fd, const std::string& what) {
  for (const auto& x : read_xattrs(fd))
    if (fremovexattr(fd, x.name.c_str()) != 0) throw errno_error("removing the attribute " + x.name + " of " + what, errno);
}

}  // namespace ao
