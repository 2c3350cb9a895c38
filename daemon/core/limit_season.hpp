#pragma once
/// Other limits of the judge for some days: what is a surprise in March is ordinary at the rentrée.

#include <string>
#include <vector>

#include "date.hpp"
#include "judge_limits.hpp"
#include "season_days.hpp"

namespace entsync {

struct LimitSeason {
  std::string name;  ///< as people call it; may be empty
  SeasonDays days;
  JudgeLimits limits;  ///< all of them: those that the season does not name are the ordinary ones

  /// "rentrée, 08-25 to 10-05".
  [[nodiscard]] std::string str() const;
  bool operator==(const LimitSeason&) const = default;
};

/// The one that the day is in; null on ordinary days. Seasons have no day in common.
const LimitSeason* season_on(const std::vector<LimitSeason>& seasons, Date day);

}  // namespace entsync
