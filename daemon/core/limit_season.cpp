#include "limit_season.hpp"

namespace entsync {

std::string LimitSeason::str() const {
  return name.empty() ? days.str() : name + ", " + days.str();
}

const LimitSeason* season_on(const std::vector<LimitSeason>& seasons, Date day) {
  for (const LimitSeason& season : seasons)
    if (season.days.contains(day)) return &season;
  return nullptr;
}

}  // namespace entsync
