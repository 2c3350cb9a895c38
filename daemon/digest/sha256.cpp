#include "sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace entsync {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() {
    if (evp == nullptr || EVP_DigestInit_ex(evp, EVP_sha256(), nullptr) != 1)
      throw std::bad_alloc();
  }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
}

Sha256Value Sha256::finish() {
  Sha256Value value{};
  unsigned length = 0;
  if (EVP_DigestFinal_ex(context_->evp, value.data(), &length) != 1 ||
      EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  return value;
}

std::string hex(const Sha256Value& value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(value.size() * 2);
  for (const std::uint8_t byte : value) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return hex(digest.finish());
}

}  // namespace entsync
