#include "calendar_expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "text.hpp"

namespace entsync {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::sys_seconds;

constexpr int last_year = 2199;
/// A 29 February on one weekday comes back after 40 years at the latest (across 2100).
constexpr days horizon{41 * 366};

struct Word {
  std::string_view word;
  std::string_view meaning;
};
constexpr std::array words{Word{"hourly", "*-*-* *:00:00"}, Word{"daily", "*-*-* 00:00:00"},
                           Word{"weekly", "Mon *-*-* 00:00:00"},
                           Word{"monthly", "*-*-01 00:00:00"}};
constexpr std::array<std::string_view, 7> weekday_names{
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

}  // namespace

class CalendarParser {
 public:
  explicit CalendarParser(std::string_view text) { expression_.text_ = std::string(trim(text)); }

  Result<CalendarExpression> parse() {
    std::string_view text = expression_.text_;
    const std::string lower = ascii_lower(text);
    for (const Word& word : words)
      if (lower == word.word) text = word.meaning;
    if (text.empty()) return wrong("it is empty");

    std::vector<std::string_view> parts = split(text, " ");
    std::erase(parts, "");
    std::size_t at = 0;
    if (is_ascii_letter(parts[0].front()))
      weekdays(parts[at++]);
    else
      expression_.weekdays_.set();
    if (at < parts.size() && parts[at].find(':') == std::string_view::npos)
      date(parts[at++]);
    else
      every_day();
    if (at < parts.size())
      time(parts[at++]);
    else
      time("00:00:00");
    if (at < parts.size()) wrong("'" + std::string(parts[at]) + "' is one part too many");
    if (!problems_.list.empty()) return problems_;
    return std::move(expression_);
  }

 private:
  /// Only the first problem is kept: the later ones are mostly its echo.
  Problems wrong(const std::string& why) {
    if (problems_.list.empty())
      problems_.error(
          "", {}, "'" + expression_.text_ + "': " + why,
          "write it as systemd timers do, e.g. \"Mon..Fri 02:30\" or \"*-*-1,15 04:00\"");
    return problems_;
  }

  void every_day() {
    expression_.years_.set();
    expression_.months_.set();
    expression_.days_.set();
  }

  void weekdays(std::string_view text) {
    for (const std::string_view item : split(text, ",")) {
      const auto ends = split(item, "..");
      const auto first = weekday(ends.front());
      const auto last = weekday(ends.back());
      if (!first || !last || ends.size() > 2) {
        wrong("'" + std::string(item) + "' is no weekday (Mon, Tue, Wed, Thu, Fri, Sat, Sun)");
        return;
      }
      for (std::size_t day = *first;; day = (day + 1) % 7) {
        expression_.weekdays_.set(day);
        if (day == *last) break;
      }
    }
  }

  static std::optional<std::size_t> weekday(std::string_view text) {
    const std::string lower = ascii_lower(text);
    for (std::size_t i = 0; i < weekday_names.size(); ++i)
      if (lower == weekday_names[i] || lower == weekday_names[i].substr(0, 3)) return i;
    return std::nullopt;
  }

  void date(std::string_view text) {
    const auto parts = split(text, "-");
    if (parts.size() < 2 || parts.size() > 3) {
      wrong("'" + std::string(text) + "' is no date: MONTH-DAY or YEAR-MONTH-DAY");
      return;
    }
    if (parts.size() == 3)
      component(parts[0], "year", 1970, expression_.years_);
    else
      expression_.years_.set();
    component(parts[parts.size() - 2], "month", 1, expression_.months_);
    component(parts.back(), "day", 1, expression_.days_);
  }

  void time(std::string_view text) {
    const auto parts = split(text, ":");
    if (parts.size() < 2 || parts.size() > 3) {
      wrong("'" + std::string(text) + "' is no time: HOUR:MINUTE or HOUR:MINUTE:SECOND");
      return;
    }
    component(parts[0], "hour", 0, expression_.hours_);
    component(parts[1], "minute", 0, expression_.minutes_);
    component(parts.size() == 3 ? parts[2] : "00", "second", 0, expression_.seconds_);
  }

  /// One of `*`, `a`, `a..b`, each with `/step` behind it, or several with commas between them.
  template <std::size_t size>
  void component(std::string_view text, const std::string& name, int least,
                 std::bitset<size>& values) {
    const int most = static_cast<int>(size) - 1;
    for (const std::string_view item : split(text, ",")) {
      const std::size_t slash = item.find('/');
      const std::string_view range = item.substr(0, slash);
      const auto step =
          slash == std::string_view::npos ? std::optional(1) : number(item.substr(slash + 1));
      const auto ends = split(range, "..");
      const auto first = range == "*" ? std::optional(least) : number(ends.front());
      // A repetition without an end goes on to the end of the unit.
      const bool open = range == "*" || (ends.size() == 1 && slash != std::string_view::npos);
      const auto last = open ? std::optional(most) : number(ends.back());
      if (!first || !last || !step || ends.size() > 2 || *step < 1 || *first < least ||
          *last > most || *first > *last) {
        wrong("'" + std::string(item) + "' is no " + name + ": " + std::to_string(least) + " to " +
              std::to_string(most) + ", *, a range a..b or a repetition a/n");
        return;
      }
      for (int value = *first; value <= *last; value += *step)
        values.set(static_cast<std::size_t>(value));
    }
  }

  CalendarExpression expression_;
  Problems problems_;
};

Result<CalendarExpression> CalendarExpression::parse(std::string_view text) {
  return CalendarParser(text).parse();
}

bool CalendarExpression::has_day(local_days day) const {
  const std::chrono::year_month_day ymd(day);
  const int year = static_cast<int>(ymd.year());
  return year <= last_year && years_.test(static_cast<std::size_t>(year)) &&
         months_.test(static_cast<unsigned>(ymd.month())) &&
         days_.test(static_cast<unsigned>(ymd.day())) &&
         weekdays_.test(std::chrono::weekday(day).c_encoding());
}

std::optional<sys_seconds> CalendarExpression::first_of_day(local_days day, sys_seconds after,
                                                            const TimeZone& zone) const {
  for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
    if (!hours_.test(hour)) continue;
    // An hour that cannot reach `after` even when the clock is put back is not looked into.
    const auto begin = day + std::chrono::hours(hour);
    if (zone.first_instant(begin) + std::chrono::hours(3) <= after) continue;
    for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
      if (!minutes_.test(minute)) continue;
      for (std::size_t second = 0; second < seconds_.size(); ++second) {
        if (!seconds_.test(second)) continue;
        const auto instant =
            zone.first_instant(begin + std::chrono::minutes(minute) + std::chrono::seconds(second));
        if (instant > after) return instant;
      }
    }
  }
  return std::nullopt;
}

std::optional<sys_seconds> CalendarExpression::next(sys_seconds instant,
                                                    const TimeZone& zone) const {
  const auto today = std::chrono::floor<days>(zone.local(instant));
  for (local_days day = today; day <= today + horizon; day += days(1)) {
    if (!has_day(day)) continue;
    if (const auto found = first_of_day(day, instant, zone)) return found;
  }
  return std::nullopt;
}

std::optional<sys_seconds> next_of(std::span<const CalendarExpression> expressions,
                                   sys_seconds instant, const TimeZone& zone) {
  std::optional<sys_seconds> earliest;
  for (const CalendarExpression& expression : expressions) {
    const auto next = expression.next(instant, zone);
    if (next && (!earliest || *next < *earliest)) earliest = next;
  }
  return earliest;
}

}  // namespace entsync
