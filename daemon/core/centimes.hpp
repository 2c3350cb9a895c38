#pragma once
/// An amount in euros as whole centimes. Amounts are written and read as decimal text and never
/// pass through floating point, in which 0.10 does not exist.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

class Centimes {
 public:
  constexpr Centimes() = default;
  constexpr explicit Centimes(std::uint64_t value) : value_(value) {}

  /// "45.00", or "45" for whole euros: up to 999999.99, two digits behind the point.
  static std::optional<Centimes> parse(std::string_view text);
  /// "45.00".
  [[nodiscard]] std::string str() const;
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

  /// For so many schools; a country of the dearest ones fits.
  [[nodiscard]] constexpr Centimes times(std::uint64_t count) const {
    return Centimes(value_ * count);
  }
  bool operator==(const Centimes&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace entsync
