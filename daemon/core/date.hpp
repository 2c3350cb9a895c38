#pragma once
/// Calendar dates as the feeds and the directory write them. A value type over std::chrono's
/// calendar; it never asks what day it is.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

class Date {
 public:
  Date() = default;
  explicit Date(std::chrono::year_month_day ymd) : ymd_(ymd) {}

  /// `dd/MM/yyyy`, the form of every AAF date. Nothing when it is not a day of the calendar.
  static std::optional<Date> from_aaf(std::string_view text);
  /// `yyyyMMdd`, the form of delivery file names.
  static std::optional<Date> from_compact(std::string_view text);
  /// `yyyy-MM-dd`, the form of configuration files.
  static std::optional<Date> from_iso(std::string_view text);

  [[nodiscard]] std::string aaf() const;
  [[nodiscard]] std::string compact() const;
  [[nodiscard]] std::string iso() const;

  [[nodiscard]] std::chrono::sys_days days() const { return std::chrono::sys_days{ymd_}; }
  [[nodiscard]] int year() const { return static_cast<int>(ymd_.year()); }
  /// Whole days from `earlier` to this date; negative when `earlier` is later.
  [[nodiscard]] long days_since(const Date& earlier) const {
    return (days() - earlier.days()).count();
  }

  [[nodiscard]] Date plus_days(long days) const {
    return Date(std::chrono::year_month_day(this->days() + std::chrono::days(days)));
  }
  /// The same day of a later month, or its last one when it has no such day.
  [[nodiscard]] Date plus_months(int months) const;

  bool operator==(const Date&) const = default;
  auto operator<=>(const Date&) const = default;

 private:
  std::chrono::year_month_day ymd_{std::chrono::year{1970}, std::chrono::January,
                                   std::chrono::day{1}};
};

}  // namespace entsync
