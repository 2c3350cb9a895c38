#pragma once
/// Days that a configuration names by their first and last one: of every year ("08-25" to "10-05",
/// over New Year too) or of one ("2027-08-25" to "2027-10-05"). Both ends are among them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "date.hpp"

namespace entsync {

class SeasonDays {
 public:
  /// Nothing when one of the two is no day, only one of them has a year, or they are in disorder.
  static std::optional<SeasonDays> parse(std::string_view from, std::string_view to);
  /// Whether it is a day, of every year or of one.
  static bool is_day(std::string_view text);
  /// Of one year; `from` is not after `to`.
  SeasonDays(Date from, Date to) : days_(Once{from, to}) {}

  [[nodiscard]] bool contains(Date day) const;
  /// "08-25 to 10-05".
  [[nodiscard]] std::string str() const;
  bool operator==(const SeasonDays&) const = default;

 private:
  using EveryYear = std::pair<std::chrono::month_day, std::chrono::month_day>;
  using Once = std::pair<Date, Date>;
  friend std::optional<Date> common_day(const SeasonDays& a, const SeasonDays& b);

  explicit SeasonDays(EveryYear days) : days_(days) {}
  std::variant<EveryYear, Once> days_;
};

/// A day that is among both; nothing when there is none in any year.
std::optional<Date> common_day(const SeasonDays& a, const SeasonDays& b);

}  // namespace entsync
