#include "school_year.hpp"

#include <chrono>

namespace entsync {
namespace {

constexpr std::size_t year_digits = 4;

std::optional<int> year_in(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<SchoolYear> SchoolYear::parse(std::string_view text) {
  if (text.size() != 2 * year_digits + 1 || text[year_digits] != '-') return std::nullopt;
  const auto first = year_in(text.substr(0, year_digits));
  const auto second = year_in(text.substr(year_digits + 1));
  if (!first || !second || *first == 0 || *second != *first + 1) return std::nullopt;
  return SchoolYear(*first);
}

SchoolYear SchoolYear::of(Date day) {
  const Date begins(std::chrono::year(day.year()) / std::chrono::September / 1);
  return SchoolYear(day < begins ? day.year() - 1 : day.year());
}

std::string SchoolYear::str() const {
  return first_day().iso().substr(0, year_digits) + "-" + last_day().iso().substr(0, year_digits);
}

Date SchoolYear::first_day() const {
  return Date(std::chrono::year(year_) / std::chrono::September / 1);
}

Date SchoolYear::last_day() const {
  return Date(std::chrono::year(year_ + 1) / std::chrono::August / 31);
}

}  // namespace entsync
