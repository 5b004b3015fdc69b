#include "deb/digest.h"

#include <openssl/evp.h>

#include "common/error.h"

namespace ao::deb {

namespace {
void demand(int ok) {
  if (!ok) throw NativeError("ERR_INTERNAL", "OpenSSL cannot compute a digest");
}

// Fetched once: an implicit fetch for every file costs more than hashing a small one.
const EVP_MD* fetch(const char* name) {
  const EVP_MD* kind = EVP_MD_fetch(nullptr, name, nullptr);
  if (!kind) throw NativeError("ERR_INTERNAL", std::string("OpenSSL has no ") + name);
  return kind;
}
}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* p) const { EVP_MD_CTX_free(p); }

Digest::Digest(const evp_md_st* kind) : kind_(kind), context_(EVP_MD_CTX_new()) {
  demand(context_ && EVP_DigestInit_ex2(context_.get(), kind_, nullptr));
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;

Digest Digest::sha256() {
  static const EVP_MD* kind = fetch("SHA256");
  return Digest(kind);
}

Digest Digest::md5() {
  static const EVP_MD* kind = fetch("MD5");
  return Digest(kind);
}

void Digest::update(std::string_view bytes) { demand(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

std::string Digest::finish() {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned int n = 0;
  demand(EVP_DigestFinal_ex(context_.get(), raw, &n));
  demand(EVP_DigestInit_ex2(context_.get(), kind_, nullptr));
  static const char digits[] = "0123456789abcdef";
  std::string hex(n * 2, '0');
  for (unsigned int i = 0; i < n; ++i) {
    hex[2 * i] = digits[raw[i] >> 4];
    hex[2 * i + 1] = digits[raw[i] & 15];
  }
  return hex;
}

}  // namespace ao::deb
