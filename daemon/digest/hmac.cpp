#include "hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <new>

#include "sha256.hpp"

namespace entsync {

/// A context that has taken the key; it is copied for each text.
struct Hmac::Context {
  EVP_MAC_CTX* keyed = nullptr;

  explicit Context(std::string_view key) {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    if (mac == nullptr) throw std::bad_alloc();
    keyed = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    std::array<char, 7> name{"SHA256"};
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_end()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    if (keyed == nullptr || EVP_MAC_init(keyed, bytes, key.size(), parameters.data()) != 1) {
      EVP_MAC_CTX_free(keyed);
      throw std::bad_alloc();
    }
  }
  ~Context() { EVP_MAC_CTX_free(keyed); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Hmac::Hmac(std::string_view key) : context_(std::make_unique<Context>(key)) {}
Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;

std::string Hmac::of(std::string_view text) const {
  EVP_MAC_CTX* one = EVP_MAC_CTX_dup(context_->keyed);
  Sha256Value value{};
  std::size_t length = 0;
  const bool done =
      one != nullptr &&
      EVP_MAC_update(one, reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1 &&
      EVP_MAC_final(one, value.data(), &length, value.size()) == 1;
  EVP_MAC_CTX_free(one);
  if (!done) throw std::bad_alloc();
  return hex(value);
}

}  // namespace entsync
