#pragma once
/// Calendar days as a number, so that the model can store them; text forms of the feed and the
/// registry.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace generator {

/// Days since 1970-01-01.
using Day = std::int32_t;

Day day_of(int year, unsigned month, unsigned day);
int year_of(Day day);
/// "20260915"; nothing when it is not a date of the calendar.
std::optional<Day> parse_compact(std::string_view text);
std::string compact(Day day);  ///< 20260915, in file names
std::string slashed(Day day);  ///< 15/09/2026, in AAF values
std::string iso(Day day);      ///< 2026-09-15, in the registry
/// First year of the school year a day belongs to: 2026 from August 2026 to July 2027.
int school_year(Day day);

}  // namespace generator
