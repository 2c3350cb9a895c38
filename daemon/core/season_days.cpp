#include "season_days.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace entsync {
namespace {

constexpr std::size_t month_day_length = 5;

std::optional<unsigned> two_digits(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + static_cast<unsigned>(c - '0');
  }
  return value;
}

/// "08-25"; the 29th of February is a day, of some years.
std::optional<std::chrono::month_day> parse_month_day(std::string_view text) {
  if (text.size() != month_day_length || text[2] != '-') return std::nullopt;
  const auto month = two_digits(text.substr(0, 2));
  const auto day = two_digits(text.substr(3));
  if (!month || !day) return std::nullopt;
  const std::chrono::month_day value{std::chrono::month{*month}, std::chrono::day{*day}};
  if (!value.ok()) return std::nullopt;
  return value;
}

std::string text_of(std::chrono::month_day value) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%02u-%02u", static_cast<unsigned>(value.month()),
                static_cast<unsigned>(value.day()));
  return buffer.data();
}

}  // namespace

std::optional<SeasonDays> SeasonDays::parse(std::string_view from, std::string_view to) {
  const auto first = parse_month_day(from);
  const auto last = parse_month_day(to);
  if (first && last) return SeasonDays(EveryYear{*first, *last});
  const auto begin = Date::from_iso(from);
  const auto end = Date::from_iso(to);
  if (!begin || !end || *end < *begin) return std::nullopt;
  return SeasonDays(*begin, *end);
}

bool SeasonDays::is_day(std::string_view text) {
  return parse_month_day(text) || Date::from_iso(text);
}

bool SeasonDays::contains(Date day) const {
  if (const auto* once = std::get_if<Once>(&days_))
    return once->first <= day && day <= once->second;
  const auto& [from, to] = std::get<EveryYear>(days_);
  const std::chrono::year_month_day ymd(day.days());
  const std::chrono::month_day at(ymd.month(), ymd.day());
  if (to < from) return from <= at || at <= to;
  return from <= at && at <= to;
}

std::string SeasonDays::str() const {
  if (const auto* once = std::get_if<Once>(&days_))
    return once->first.iso() + " to " + once->second.iso();
  const auto& [from, to] = std::get<EveryYear>(days_);
  return text_of(from) + " to " + text_of(to);
}

std::optional<Date> common_day(const SeasonDays& a, const SeasonDays& b) {
  const auto* once_a = std::get_if<SeasonDays::Once>(&a.days_);
  const auto* once_b = std::get_if<SeasonDays::Once>(&b.days_);
  // A year with all days, and one window of days otherwise; what recurs has recurred after eight
  // years, the longest time between two 29th of February.
  constexpr int longest_search = 8 * 366;
  Date day(std::chrono::year(2028) / std::chrono::January / 1);
  Date last = day.plus_days(365);
  if (once_a != nullptr || once_b != nullptr) {
    day = std::max(once_a != nullptr ? once_a->first : once_b->first,
                   once_b != nullptr ? once_b->first : once_a->first);
    last = std::min(once_a != nullptr ? once_a->second : once_b->second,
                    once_b != nullptr ? once_b->second : once_a->second);
    last = std::min(last, day.plus_days(longest_search));
  }
  for (; day <= last; day = day.plus_days(1))
    if (a.contains(day) && b.contains(day)) return day;
  return std::nullopt;
}

}  // namespace entsync
