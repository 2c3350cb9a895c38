#pragma once
/// Limits of the judge: how much of each kind of change is still ordinary. Values only; judging
/// itself is in judge.*.

#include <cstdint>
#include <map>
#include <optional>

#include "plan.hpp"

namespace entsync {

/// What is counted. Operations of entries, and values lost inside entries that stay.
enum class Surprise : std::uint8_t {
  create,       ///< persons created
  modify,       ///< persons changed
  absent,       ///< departures: absences dated by this plan
  suspend,      ///< accounts suspended by this plan
  remove,       ///< groups removed
  erase,        ///< accounts deleted at their end
  mail_lost,    ///< mail emptied, without a new value
  member_lost,  ///< members taken out of groups
};
inline constexpr std::array all_surprises{
    Surprise::create, Surprise::modify, Surprise::absent,    Surprise::suspend,
    Surprise::remove, Surprise::erase,  Surprise::mail_lost, Surprise::member_lost};
std::string_view to_string(Surprise surprise);
std::optional<Surprise> parse_surprise(std::string_view name);

/// A limit is passed when more than `floor` are counted and they are more than `percent` of the
/// population, or when more than `absolute` are counted. The floor keeps small populations usable:
/// in a school of 27, five departures are 18 % and nothing unusual.
struct Limit {
  std::optional<double> percent;          ///< of the population before the run; none: not checked
  std::uint64_t floor = 0;                ///< never passed by this many or fewer
  std::optional<std::uint64_t> absolute;  ///< none: not checked
  bool operator==(const Limit&) const = default;
};

using LimitTable = std::map<Surprise, Limit>;

/// Percentages are not checked where the population is empty: a first load, a new school.
struct JudgeLimits {
  LimitTable run;
  LimitTable academie;
  LimitTable school;  ///< passed: the school is quarantined, the others proceed
  LimitTable profil;  ///< per profile over the whole run
  /// Per profile of one school; passed: the school is quarantined. All its teachers are few among
  /// its pupils and responsables.
  LimitTable school_profil;

  /// Safe defaults, see docs/configuration.md.
  static JudgeLimits defaults();
  bool operator==(const JudgeLimits&) const = default;
};

}  // namespace entsync
