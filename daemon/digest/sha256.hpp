#pragma once
/// SHA-256 (FIPS 180-4) through OpenSSL: of deliveries, rule files, plans and journal records.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace entsync {

using Sha256Value = std::array<std::uint8_t, 32>;

/// Incremental digest. Throws std::bad_alloc when OpenSSL cannot give a context, nothing else.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// The digest; the object starts anew afterwards.
  Sha256Value finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Lower-case hexadecimal.
std::string hex(const Sha256Value& value);
std::string sha256_hex(std::string_view bytes);

}  // namespace entsync
