#pragma once
/// Days of an académie in which something holds: a freeze, the roll-over of the school year. The
/// last day is one of them. Values only, and whether a day is among them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "date.hpp"

namespace entsync {

struct DayWindow {
  Date from;
  Date to;
  [[nodiscard]] bool contains(Date day) const { return from <= day && day <= to; }
  bool operator==(const DayWindow&) const = default;
};

using DayWindows = std::map<std::string, std::vector<DayWindow>, std::less<>>;

/// Whether one of an académie's windows contains the day.
bool is_inside(const DayWindows& windows, std::string_view academie, Date day);

}  // namespace entsync
