#pragma once
/// Identifiers as a stem and a number: "e000123" is "e" and 123 written with six digits.

#include <cstdint>
#include <optional>
#include <string_view>

namespace entsync {

/// More digits do not fit a 64-bit integer for sure; such names were not numbered by this program.
inline constexpr std::size_t max_number_digits = 18;

struct NumberedName {
  std::string_view stem;   ///< without trailing digits; may be empty
  std::size_t length = 0;  ///< number of trailing digits, leading zeros included
  std::uint64_t number = 0;
  bool operator==(const NumberedName&) const = default;
};

/// Nothing when `name` ends in no digit or in more than `max_number_digits`.
std::optional<NumberedName> split_numbered(std::string_view name);

/// `name` without its trailing digits.
std::string_view stem_of(std::string_view name);

/// Ten to the power of `digits` (at most 18).
std::uint64_t power_of_ten(std::size_t digits);

}  // namespace entsync
