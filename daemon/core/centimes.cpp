#include "centimes.hpp"

namespace entsync {
namespace {

constexpr std::size_t most_digits = 6;

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

}  // namespace

std::optional<Centimes> Centimes::parse(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view euros = text.substr(0, point);
  const std::string_view rest =
      point == std::string_view::npos ? std::string_view("00") : text.substr(point + 1);
  if (euros.empty() || euros.size() > most_digits || rest.size() != 2) return std::nullopt;
  const auto whole = number_of(euros);
  const auto cents = number_of(rest);
  if (!whole || !cents) return std::nullopt;
  return Centimes(*whole * 100 + *cents);
}

std::string Centimes::str() const {
  const std::uint64_t cents = value_ % 100;
  return std::to_string(value_ / 100) + (cents < 10 ? ".0" : ".") + std::to_string(cents);
}

}  // namespace entsync
