#include "date.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace generator {
namespace {

std::chrono::year_month_day civil(Day day) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
}

std::string print(const char* format, int a, int b, int c) {
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), format, a, b, c);
  return {text.data(), static_cast<std::size_t>(length)};
}

int month_of(Day day) {
  return static_cast<int>(unsigned{civil(day).month()});
}
int day_of_month(Day day) {
  return static_cast<int>(unsigned{civil(day).day()});
}

}  // namespace

Day day_of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

int year_of(Day day) {
  return int{civil(day).year()};
}

std::optional<Day> parse_compact(std::string_view text) {
  if (text.size() != 8 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const int number = std::stoi(std::string(text));
  const std::chrono::year_month_day date{
      std::chrono::year{number / 10000},
      std::chrono::month{static_cast<unsigned>(number / 100 % 100)},
      std::chrono::day{static_cast<unsigned>(number % 100)}};
  if (!date.ok() || number < 19000101) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::string compact(Day day) {
  return print("%04d%02d%02d", year_of(day), month_of(day), day_of_month(day));
}
std::string slashed(Day day) {
  return print("%02d/%02d/%04d", day_of_month(day), month_of(day), year_of(day));
}
std::string iso(Day day) {
  return print("%04d-%02d-%02d", year_of(day), month_of(day), day_of_month(day));
}

int school_year(Day day) {
  return month_of(day) >= 8 ? year_of(day) : year_of(day) - 1;
}

}  // namespace generator
