#pragma once
/// Holds what surprises, as narrowly as possible: one school that passes a limit of its own is held
/// alone, an académie or a profile likewise, the whole plan only when a limit of the run is passed.
/// What the registers of persons order is no surprise and is never held.
/// Counting is of net losses where one thing replaces another: a class group that is removed while
/// another one is created in the same school is no loss, nor is a member who moves between two
/// groups of a school.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "judge_limits.hpp"
#include "limit_season.hpp"
#include "plan.hpp"
#include "planner.hpp"

namespace entsync {

enum class HoldScope : std::uint8_t { run, academie, school, profil };
std::string_view to_string(HoldScope scope);

/// One limit that was passed.
struct Hold {
  HoldScope scope = HoldScope::run;
  std::string key;  ///< académie, UAI, `UAI/profile` or profile; empty for the run
  Surprise surprise = Surprise::absent;
  std::uint64_t count = 0;
  std::uint64_t population = 0;
  Limit limit;
  std::string season{};  ///< whose limit it is; empty: of ordinary days
  bool operator==(const Hold&) const = default;
};

/// "school 0310001H: absent 57 of 190 (30.0 %), limit 20 % above 10".
std::string to_string(const Hold& hold);

struct Verdict {
  std::vector<Hold> holds;  ///< in order of scope and key
  std::string season{};     ///< whose limits judged; empty: those of ordinary days
  [[nodiscard]] bool go() const { return holds.empty(); }
  /// Whether a change falls under one of the holds. For many changes: HeldChanges.
  [[nodiscard]] bool holds_change(const Change& change) const;
};

/// The holds of a verdict as something to look changes up in.
class HeldChanges {
 public:
  explicit HeldChanges(const Verdict& verdict);
  [[nodiscard]] bool contains(const Change& change) const;

 private:
  using Keys = std::set<std::string, std::less<>>;
  bool everything_ = false;
  Keys academies_;
  Keys schools_;
  Keys profils_;
};

/// Names that the judge needs to tell value-level losses.
struct JudgedAttributes {
  std::string mail;
  std::string member;
  std::string empty_member;  ///< placeholder, neither lost nor gained
  std::string absent_since;
  std::string account_state;
};

Verdict judge(const Plan& plan, const Before& before, const JudgeLimits& limits,
              const JudgedAttributes& attributes);
/// By the limits of the season that the day is in, by the ordinary ones on any other day.
Verdict judge(const Plan& plan, const Before& before, const JudgeLimits& ordinary,
              const std::vector<LimitSeason>& seasons, Date day,
              const JudgedAttributes& attributes);

/// A plan divided in what may go and what waits. Values of going changes that lead to an entry
/// which only the held part would create wait with it, and so do the memberships, come or gone, of
/// a person whose own change waits: a group that would be removed with him in it waits whole.
/// Nobody whose absence or deletion waits loses a link of others to him.
struct SplitPlan {
  Plan go;
  Plan held;
};
SplitPlan split(Plan&& plan, const Verdict& verdict, const JudgedAttributes& attributes);
/// The same by somebody's choice.
SplitPlan split_by(Plan&& plan, const std::function<bool(const Change&)>& waits,
                   const JudgedAttributes& attributes);

}  // namespace entsync
