#include "numbered_name.hpp"

namespace entsync {

std::string_view stem_of(std::string_view name) {
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  return name;
}

std::optional<NumberedName> split_numbered(std::string_view name) {
  const std::string_view stem = stem_of(name);
  const std::string_view digits = name.substr(stem.size());
  if (digits.empty() || digits.size() > max_number_digits) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return NumberedName{stem, digits.size(), number};
}

std::uint64_t power_of_ten(std::size_t digits) {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < digits; ++i) power *= 10;
  return power;
}

}  // namespace entsync
