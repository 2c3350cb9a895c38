#include "ownership.hpp"

#include "dn.hpp"

namespace entsync {

std::string_view target_dn(Matching matching, std::string_view value) {
  if (matching == Matching::dn) return value;
  const std::size_t dollar = value.find('$');
  if (dollar == std::string_view::npos) return {};
  const std::string_view head = value.substr(0, dollar);
  if (head.find('=') == std::string_view::npos || !dn::parse(head)) return {};
  return head;
}

Ownership::Ownership(const Population& population, const Matched& matched,
                     const DirectorySnapshot& snapshot, const Rules& rules, const Tree& tree,
                     const AccountEnds& ends)
    : population_(population),
      matched_(matched),
      snapshot_(snapshot),
      rules_(rules),
      ends_(ends),
      people_(dn::normalise(tree.people)),
      structures_(dn::normalise(tree.structures)),
      groups_(dn::normalise(tree.groups)) {}

bool Ownership::in_our_branches(std::string_view dn) const {
  return dn::is_under(dn, people_) || dn::is_under(dn, structures_) || dn::is_under(dn, groups_);
}

Fate Ownership::fate_of_link(std::string_view dn) const {
  const EntryIndex entry = snapshot_.find(dn);
  if (entry == no_entry) return in_our_branches(dn) ? Fate::dangling : Fate::keep;
  if (matched_.is_restricted(entry)) return Fate::keep;
  switch (matched_.status(entry)) {
    case EntryStatus::matched:
      return Fate::ours;
    case EntryStatus::foreign:
    case EntryStatus::ambiguous:
      return Fate::keep;
    case EntryStatus::unmatched:
      break;
  }
  if (ends_.is_cut(entry)) return Fate::ours;
  // A structure that the feed still describes has merely left the scope: its links are the feed's.
  const auto key = matched_.key_of(entry);
  const bool described = key && key->category == Category::etab_educ_nat &&
                         population_.knows_structure(key->feed, key->id);
  return described ? Fate::ours : Fate::keep;
}

Fate Ownership::fate_of(TargetAttribute attribute, std::string_view value) const {
  if (attribute == rules_.names.person_jointure || attribute == rules_.names.structure_jointure)
    return Fate::keep;  // keys of other sources; ours are only ever added
  const std::string_view dn = target_dn(rules_.target.info(attribute).matching, value);
  return dn.empty() ? Fate::ours : fate_of_link(dn);
}

bool Ownership::is_link_of_source(TargetAttribute attribute, std::string_view value) const {
  if (attribute == rules_.names.person_structure || attribute == rules_.names.responsable_pupils)
    return false;
  const std::string_view dn = target_dn(rules_.target.info(attribute).matching, value);
  if (dn.empty()) return false;
  const EntryIndex entry = snapshot_.find(dn);
  if (entry == no_entry) return in_our_branches(dn);
  if (matched_.is_restricted(entry)) return false;
  return matched_.status(entry) == EntryStatus::matched ||
         matched_.status(entry) == EntryStatus::unmatched;
}

bool Ownership::leads_to_restricted(TargetAttribute attribute, std::string_view value) const {
  if (!has_restrictions()) return false;
  const std::string_view dn = target_dn(rules_.target.info(attribute).matching, value);
  if (dn.empty()) return false;
  const EntryIndex entry = snapshot_.find(dn);
  return entry != no_entry && matched_.is_restricted(entry);
}

}  // namespace entsync
