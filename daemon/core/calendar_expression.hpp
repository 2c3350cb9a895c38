#pragma once
/// Times of a schedule as administrators write them for systemd timers (systemd.time(7), "Calendar
/// Events"): `Mon..Fri 02:30`, `*-*-1,15 04:00`, `hourly`. Understood are weekdays, year, month,
/// day, hour, minute and second, each as `*`, a number, a list, a range `a..b` or a repetition
/// `a/n`, and the words hourly, daily, weekly and monthly. Not understood are fractions of a
/// second, `~` (days counted from the end of a month) and a time zone in the expression: the
/// schedule has one.

#include <bitset>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "problem.hpp"
#include "time_zone.hpp"

namespace entsync {

class CalendarExpression {
 public:
  /// The problem says which part is wrong and what is allowed; its code and place are the caller's.
  static Result<CalendarExpression> parse(std::string_view text);

  /// As it was written.
  [[nodiscard]] const std::string& text() const { return text_; }

  bool operator==(const CalendarExpression&) const = default;

  /// The first instant after `instant`; nothing when there is none in the next forty years, the
  /// longest that a 29 February on a given weekday can take.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> next(std::chrono::sys_seconds instant,
                                                             const TimeZone& zone) const;

 private:
  friend class CalendarParser;

  [[nodiscard]] bool has_day(std::chrono::local_days day) const;
  [[nodiscard]] std::optional<std::chrono::sys_seconds> first_of_day(std::chrono::local_days day,
                                                                     std::chrono::sys_seconds after,
                                                                     const TimeZone& zone) const;

  std::string text_;
  std::bitset<7> weekdays_;  ///< 0 is Sunday, as in std::chrono
  std::bitset<2200> years_;
  std::bitset<13> months_;
  std::bitset<32> days_;
  std::bitset<24> hours_;
  std::bitset<60> minutes_;
  std::bitset<60> seconds_;
};

/// The first instant after `instant` of any of `expressions`.
std::optional<std::chrono::sys_seconds> next_of(std::span<const CalendarExpression> expressions,
                                                std::chrono::sys_seconds instant,
                                                const TimeZone& zone);

}  // namespace entsync
