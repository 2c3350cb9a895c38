#include "account_ends.hpp"

#include <algorithm>

#include "ownership.hpp"
#include "text.hpp"

namespace entsync {
namespace {

std::optional<Date> day_of(std::string_view generalized) {
  return Date::from_compact(generalized.substr(0, 8));
}

}  // namespace

AccountMarks marks_of(const SnapshotEntry& entry, const Rules& rules) {
  return {day_of(entry.first(rules.names.absent_since)),
          day_of(entry.first(rules.names.deletion_date)),
          !entry.first(rules.names.account_state).empty()};
}

std::optional<AccountDue> due_of(EntryIndex e, const Absences& absences, const AccountMarks& marks,
                                 const Population& population, const Matched& matched,
                                 const DirectorySnapshot& snapshot, const Rules& rules,
                                 const AbsenceSettings& settings, std::span<const Date> today) {
  const auto key = matched.key_of(e);
  const Presence presence = absences.presence(e);
  if (!key || presence == Presence::present) return std::nullopt;
  const RegisteredPerson* registered = matched.registered(e);
  const Date day = today[key->feed];
  const bool is_dated_by_register =
      registered != nullptr && registered->standing != Standing::restricted;
  const Date delivered = population.feed(key->feed).date();
  const Date known = absences.loss(e).value_or(delivered);
  // Until its day a link stood in for the delivery, however old that is.
  const Date left = absences.is_end_of_link(e) ? known : std::min(known, delivered);
  const Date loss = is_dated_by_register ? std::min(registered->since, day) : left;
  auto due = due_for(presence, marks, profil_of(snapshot.entry(e), key->category, rules), loss, day,
                     settings);
  if (due && registered != nullptr && registered->standing == Standing::died &&
      !matched.is_restricted(e))
    end_by_death(*due, marks, registered->deletion);
  return due;
}

std::string generalized_time(Date date) {
  return date.compact() + "000000Z";
}

Profil profil_of(const SnapshotEntry& entry, Category category, const Rules& rules) {
  if (category == Category::eleve) return Profil::eleve;
  if (category == Category::pers_rel_eleve) return Profil::responsable;
  if (category == Category::pers_collectivite) return Profil::collectivite;
  const auto has_all = [&](const EntryRules& role) {
    return std::ranges::all_of(role.object_classes, [&](const std::string& name) {
      for (std::size_t i = 0; i < entry.value_count(); ++i)
        if (entry.attribute(i) == rules.names.object_class &&
            equals_ignoring_case(entry.text(i), name))
          return true;
      return false;
    });
  };
  for (const Profil profil : {Profil::directeur, Profil::enseignant})
    if (has_all(rules.person(profil))) return profil;
  return Profil::personnel;
}

bool is_suspension(std::string_view state, const Rules& rules) {
  return !state.empty() && equals_ignoring_case(state, rules.suspended_value);
}

std::vector<bool> frozen_feeds(const Population& population, const AbsenceSettings& settings,
                               std::span<const Date> today) {
  std::vector<bool> frozen;
  for (FeedIndex f = 0; f < population.feed_count(); ++f)
    frozen.push_back(settings.is_frozen(population.feed(f).academie(), today[f]));
  return frozen;
}

AccountEnds AccountEnds::decide(const Population& population, const Matched& matched,
                                const Absences& absences, const DirectorySnapshot& snapshot,
                                const Rules& rules, const AbsenceSettings& settings,
                                std::span<const Date> today) {
  AccountEnds ends;
  for (EntryIndex e = 0; e < snapshot.size(); ++e) {
    if (absences.presence(e) == Presence::present) continue;
    const auto due = due_of(e, absences, marks_of(snapshot.entry(e), rules), population, matched,
                            snapshot, rules, settings, today);
    if (!due) continue;
    if (matched.is_restricted(e)) {
      ends.waiting_.emplace_back(e, *due);
      continue;
    }
    ends.erases_ = ends.erases_ || due->erase;
    ends.due_.emplace(e, *due);
    ends.entries_.push_back(e);
  }
  // Reading every value of everybody is only worth it on a night on which somebody goes.
  if (ends.erases_) ends.find_references(snapshot, rules);
  return ends;
}

const AccountDue* AccountEnds::of(EntryIndex entry) const {
  const auto found = due_.find(entry);
  return found == due_.end() ? nullptr : &found->second;
}

bool AccountEnds::is_cut(EntryIndex entry) const {
  const AccountDue* due = of(entry);
  return due != nullptr && due->cut;
}

bool AccountEnds::is_erased(EntryIndex entry) const {
  const AccountDue* due = of(entry);
  return due != nullptr && due->erase;
}

std::span<const AccountEnds::Reference> AccountEnds::references_of(EntryIndex entry) const {
  const auto first = std::ranges::lower_bound(references_, entry, std::less<>(), &Reference::entry);
  auto last = first;
  while (last != references_.end() && last->entry == entry) ++last;
  return {first, last};
}

void AccountEnds::find_references(const DirectorySnapshot& snapshot, const Rules& rules) {
  for (EntryIndex e = 0; e < snapshot.size(); ++e) {
    if (is_erased(e)) continue;
    const SnapshotEntry entry = snapshot.entry(e);
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      const Matching matching = rules.target.info(entry.attribute(i)).matching;
      if (matching != Matching::dn && matching != Matching::case_ignore) continue;
      const std::string_view dn = target_dn(matching, entry.text(i));
      if (dn.empty()) continue;
      const EntryIndex target = snapshot.find(dn);
      if (target != no_entry && is_erased(target))
        references_.push_back({e, entry.attribute(i), entry.text(i), target});
    }
  }
}

}  // namespace entsync
