#pragma once
/// Days of an académie in which something holds: a freeze, the roll-over of the school year. Values
/// only, and whether a day is among them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "date.hpp"
#include "season_days.hpp"

namespace entsync {

using DayWindows = std::map<std::string, std::vector<SeasonDays>, std::less<>>;

/// Whether one of an académie's windows contains the day.
bool is_inside(const DayWindows& windows, std::string_view academie, Date day);

}  // namespace entsync
