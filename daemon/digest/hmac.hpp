#pragma once
/// HMAC-SHA-256 (RFC 2104) through OpenSSL: digests that only the owner of a secret key can make,
/// so that a list of them cannot be searched by trying every key there may be.

#include <memory>
#include <string>
#include <string_view>

namespace entsync {

/// One secret key, for many texts. Throws std::bad_alloc when OpenSSL cannot give a context,
/// nothing else. One thread at a time may use it.
class Hmac {
 public:
  explicit Hmac(std::string_view key);
  ~Hmac();
  Hmac(Hmac&&) noexcept;
  Hmac& operator=(Hmac&&) noexcept;

  /// Lower-case hexadecimal.
  [[nodiscard]] std::string of(std::string_view text) const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace entsync
