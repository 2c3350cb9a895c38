#include "day_window.hpp"

#include <algorithm>

namespace entsync {

bool is_inside(const DayWindows& windows, std::string_view academie, Date day) {
  const auto found = windows.find(academie);
  return found != windows.end() &&
         std::ranges::any_of(found->second,
                             [day](const SeasonDays& window) { return window.contains(day); });
}

}  // namespace entsync
