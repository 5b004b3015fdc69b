// SHA-256 and MD5 by OpenSSL, which uses the processor's instructions where GLib's own code does not.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_md_st;

namespace ao::deb {

class Digest {
 public:
  static Digest sha256();
  static Digest md5();
  ~Digest();
  Digest(Digest&&) noexcept;

  void update(std::string_view bytes);
  // The lower-case hex digits; the digest starts anew.
  std::string finish();

 private:
  explicit Digest(const evp_md_st* kind);
  struct Free {
    void operator()(evp_md_ctx_st* p) const;
  };
  const evp_md_st* kind_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace ao::deb
