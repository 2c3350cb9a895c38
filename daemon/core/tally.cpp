#include "tally.hpp"

#include <algorithm>

#include "text.hpp"

namespace entsync {
namespace {

/// What one change adds to the counts of everything it belongs to.
struct Effect {
  int persons = 0;
  int groups = 0;
  int mails = 0;
  int members = 0;
};

void add(std::uint64_t& count, int more) {
  const auto sum = static_cast<std::int64_t>(count) + more;
  count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, sum));
}

void add(Tally& tally, const Effect& effect) {
  add(tally.persons, effect.persons);
  add(tally.groups, effect.groups);
  add(tally.mails, effect.mails);
  add(tally.members, effect.members);
}

int filled(std::span<const std::string_view> values) {
  return static_cast<int>(
      std::ranges::count_if(values, [](std::string_view value) { return !value.empty(); }));
}

/// A departure is one when it is dated: a later suspension is no second one.
Effect effect_of(const Change& change, const JudgedAttributes& names) {
  const bool is_person = change.kind == EntryKind::person;
  const bool is_group = !is_person && change.kind != EntryKind::structure;
  Effect effect;
  if (change.operation == Operation::create) (is_person ? effect.persons : effect.groups) = 1;
  if (change.operation == Operation::remove && is_group) effect.groups = -1;
  for (const AttributeChange& attribute : change.attributes) {
    const int more = filled(attribute.added) - filled(attribute.removed);
    if (is_person && equals_ignoring_case(attribute.attribute, names.absent_since))
      effect.persons -= more;
    if (is_person && equals_ignoring_case(attribute.attribute, names.mail)) effect.mails += more;
    if (is_group && equals_ignoring_case(attribute.attribute, names.member)) effect.members += more;
  }
  if (change.kind == EntryKind::structure) effect = {};
  return effect;
}

}  // namespace

Before after(Before before, const Plan& applied, const JudgedAttributes& names) {
  for (const Change& change : applied.changes) {
    const Effect effect = effect_of(change, names);
    add(before.run, effect);
    add(before.run.live, effect.persons);
    add(before.academies[std::string(change.academie)], effect);
    if (change.profil) add(before.profils[std::string(to_string(*change.profil))], effect);
    for (const std::string_view uai : change.schools) {
      add(before.schools[std::string(uai)], effect);
      if (change.profil) add(before.school_profils[school_profil_key(uai, *change.profil)], effect);
    }
  }
  return before;
}

}  // namespace entsync
