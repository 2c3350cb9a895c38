#include "date.hpp"

#include <array>
#include <cstdio>

namespace entsync {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Date> valid(std::string_view y, std::string_view m, std::string_view d) {
  const auto year = digits(y);
  const auto month = digits(m);
  const auto day = digits(d);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return Date{ymd};
}

std::string print(const char* format, int a, int b, int c) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, a, b, c);
  return buffer.data();
}

}  // namespace

std::optional<Date> Date::from_aaf(std::string_view t) {
  if (t.size() != 10 || t[2] != '/' || t[5] != '/') return std::nullopt;
  return valid(t.substr(6), t.substr(3, 2), t.substr(0, 2));
}

std::optional<Date> Date::from_compact(std::string_view t) {
  if (t.size() != 8) return std::nullopt;
  return valid(t.substr(0, 4), t.substr(4, 2), t.substr(6));
}

std::optional<Date> Date::from_iso(std::string_view t) {
  if (t.size() != 10 || t[4] != '-' || t[7] != '-') return std::nullopt;
  return valid(t.substr(0, 4), t.substr(5, 2), t.substr(8));
}

Date Date::plus_months(int months) const {
  const std::chrono::year_month_day same = ymd_ + std::chrono::months(months);
  if (same.ok()) return Date(same);
  return Date(std::chrono::year_month_day(same.year() / same.month() / std::chrono::last));
}

std::string Date::aaf() const {
  return print("%02d/%02d/%04d", static_cast<int>(static_cast<unsigned>(ymd_.day())),
               static_cast<int>(static_cast<unsigned>(ymd_.month())), year());
}

std::string Date::compact() const {
  return print("%04d%02d%02d", year(), static_cast<int>(static_cast<unsigned>(ymd_.month())),
               static_cast<int>(static_cast<unsigned>(ymd_.day())));
}

std::string Date::iso() const {
  return print("%04d-%02d-%02d", year(), static_cast<int>(static_cast<unsigned>(ymd_.month())),
               static_cast<int>(static_cast<unsigned>(ymd_.day())));
}

}  // namespace entsync
