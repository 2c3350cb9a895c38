#pragma once
/// Makes the plan: the desired state compared with the snapshot, entry by entry. Waves (an answer
/// to every change of one before the first of the next is sent):
///
///   0 schools created · 1 persons created · 2 persons and schools changed · 3 groups created and
///   changed 4 absences dated, accounts suspended · 5 groups without members or meaning removed ·
///   6 accounts deleted at their end
///
/// so that schools stand before the people in them, people before the groups that list them, and
/// nothing is removed while something new may still need it. Links between two persons created in
/// one wave may lead to an entry that is still on its way.
///
/// An entry that is restricted gets its mark and nothing else, and links to it are neither made nor
/// cut; what would be due for it stands beside the plan.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absence.hpp"
#include "account_ends.hpp"
#include "derive.hpp"
#include "diff.hpp"
#include "plan.hpp"
#include "registry.hpp"

namespace entsync {

namespace wave {
inline constexpr std::uint8_t create_schools = 0;
inline constexpr std::uint8_t create_persons = 1;
inline constexpr std::uint8_t modify = 2;
inline constexpr std::uint8_t groups = 3;
inline constexpr std::uint8_t absences = 4;
inline constexpr std::uint8_t removals = 5;
inline constexpr std::uint8_t deletions = 6;
}  // namespace wave

/// What the directory held before the run, for the judge's percentages.
struct Tally {
  std::uint64_t persons = 0;  ///< not absent
  std::uint64_t groups = 0;
  std::uint64_t mails = 0;    ///< persons with a mail
  std::uint64_t members = 0;  ///< member values of groups
  /// Persons of the people branch who are not absent, whoever's they are; of the run only.
  std::uint64_t live = 0;
};
struct Before {
  Tally run;
  std::map<std::string, Tally, std::less<>> academies;
  std::map<std::string, Tally, std::less<>> schools;
  std::map<std::string, Tally, std::less<>> profils;
  std::map<std::string, Tally, std::less<>> school_profils;  ///< by school_profil_key
};
/// "0310001H/eleve".
std::string school_profil_key(std::string_view uai, Profil profil);

struct PlannerInput {
  const Population& population;
  const Matched& matched;
  const Identities& identities;
  const Absences& absences;
  const AccountEnds& ends;
  const DirectorySnapshot& snapshot;
  const Rules& rules;
  const Registry& registry;
  const Tree& tree;
  const AbsenceSettings& absence;
};

struct PlannerResult {
  Plan plan;
  /// What would be changed in entries that are restricted, were they not.
  Plan pending;
  std::uint64_t objected = 0;  ///< records of people who objected: nothing is made of them
  std::uint64_t died = 0;      ///< records of people who died, likewise
  Before before;
  std::vector<ReviewItem> review;
  Problems problems;                 ///< warnings and notes
  std::uint64_t absent_already = 0;  ///< entries whose absence is dated already
};

/// The persons and groups that the plan has nothing to say about – nearly all of them on most
/// nights – found by several threads before the plan is made by one. It only spares time: the plan
/// is the same without it.
class Survey {
 public:
  /// The input has to live as long.
  explicit Survey(const PlannerInput& input);

  /// The work comes in blocks, each to be looked at once.
  [[nodiscard]] std::size_t blocks() const;
  /// Looks at the blocks that `next` names, until it names none below blocks(). Several threads may
  /// take part at the same time when they share `next`; the survey is complete when all of them
  /// have returned.
  void take_part(const std::function<std::size_t()>& next);

  [[nodiscard]] const PlannerInput& input() const { return input_; }
  [[nodiscard]] const Deriver& deriver() const { return deriver_; }
  [[nodiscard]] bool is_settled(PersonIndex person) const { return settled_persons_[person] != 0; }
  /// Of a group by its place in Deriver::groups().
  [[nodiscard]] bool is_group_settled(std::size_t group) const {
    return settled_groups_[group] != 0;
  }

 private:
  PlannerInput input_;
  Deriver deriver_;
  std::vector<GroupSubject> groups_;
  std::vector<std::uint8_t> settled_persons_;  ///< bytes: threads write beside each other
  std::vector<std::uint8_t> settled_groups_;
};

/// The plan has no id, time, files' digest or fingerprint yet: they come from outside.
PlannerResult make_plan(const Survey& survey);
/// The same without a survey.
PlannerResult make_plan(const PlannerInput& input);

}  // namespace entsync
