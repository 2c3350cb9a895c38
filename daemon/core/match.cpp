#include "match.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {

std::string subject_key(const Population& population, const Person& person) {
  return Jointure{population.feed(person.feed).academie(), person.record.category(),
                  std::string(person.record.id())}
      .str();
}

std::string subject_key(const Population& population, const EcoleNode& ecole) {
  return Jointure{population.feed(ecole.feed).academie(), Category::etab_educ_nat,
                  std::string(ecole.records.front().id())}
      .str();
}

std::span<const std::pair<EntryIndex, EntryKey>> Matched::keys_of(EntryIndex entry) const {
  constexpr auto of_entry = &std::pair<EntryIndex, EntryKey>::first;
  return {std::ranges::lower_bound(keys_, entry, {}, of_entry),
          std::ranges::upper_bound(keys_, entry, {}, of_entry)};
}

std::optional<EntryKey> Matched::key_of(EntryIndex entry) const {
  const auto keys = keys_of(entry);
  if (keys.empty()) return std::nullopt;
  return keys.front().second;
}

class Matcher {
 public:
  Matcher(const Population& population, const DirectorySnapshot& snapshot, const Rules& rules)
      : population_(population), snapshot_(snapshot), rules_(rules) {
    matched_.person_entry_.assign(population.persons().size(), no_entry);
    matched_.person_ambiguous_.assign(population.persons().size(), false);
    matched_.ecole_entry_.assign(population.ecoles().size(), no_entry);
    matched_.status_.assign(snapshot.size(), EntryStatus::foreign);
    matched_.subject_.assign(snapshot.size(), no_index);
    by_id_.resize(population.feed_count());
  }

  Matched run() {
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) {
      const SnapshotEntry entry = snapshot_.entry(e);
      if (entry.branch() == Branch::people) index_person(e, entry);
      if (entry.branch() == Branch::structures) match_structure(e, entry);
    }
    for (PersonIndex p = 0; p < population_.persons().size(); ++p) match_person(p);
    return std::move(matched_);
  }

 private:
  /// The feed whose académie is the source of `source$id`, and the id.
  struct Parsed {
    FeedIndex feed;
    std::string_view id;
  };
  [[nodiscard]] std::optional<Parsed> parse_jointure(std::string_view value) const {
    const std::size_t dollar = value.find('$');
    if (dollar == std::string_view::npos) return std::nullopt;
    const std::string_view source = value.substr(0, dollar);
    for (FeedIndex f = 0; f < population_.feed_count(); ++f)
      if (equals_ignoring_case(population_.feed(f).academie(), source))
        return Parsed{f, value.substr(dollar + 1)};
    return std::nullopt;
  }

  /// Categories that the entry's object classes speak for, as a bit set.
  [[nodiscard]] unsigned roles_of(const SnapshotEntry& entry) const {
    unsigned roles = 0;
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (entry.attribute(i) != rules_.names.object_class) continue;
      for (std::size_t c = 0; c < rules_.role_classes.size(); ++c)
        for (const std::string& name : rules_.role_classes[c])
          if (equals_ignoring_case(name, entry.text(i))) roles |= 1U << c;
    }
    return roles;
  }

  void index_person(EntryIndex e, const SnapshotEntry& entry) {
    bool has_key = false;
    unsigned roles = 0;
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (entry.attribute(i) != rules_.names.person_jointure) continue;
      const auto parsed = parse_jointure(entry.text(i));
      if (!parsed) continue;
      if (!has_key) roles = roles_of(entry);
      candidates_.push_back({e, roles, no_index});
      auto [head, is_new] = by_id_[parsed->feed].try_emplace(
          parsed->id, static_cast<std::uint32_t>(candidates_.size() - 1));
      if (!is_new) {
        candidates_.back().next = head->second;
        head->second = static_cast<std::uint32_t>(candidates_.size() - 1);
      }
      has_key = true;
      const auto category = only_category(roles);
      if (category) matched_.keys_.push_back({e, {parsed->feed, *category, parsed->id}});
    }
    if (has_key) matched_.status_[e] = EntryStatus::unmatched;
  }

  /// With roles of several categories nothing tells which of them the key belongs to.
  static std::optional<Category> only_category(unsigned roles) {
    for (const Category category : all_categories)
      if (roles == 1U << static_cast<unsigned>(category)) return category;
    return std::nullopt;
  }

  void match_structure(EntryIndex e, const SnapshotEntry& entry) {
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (entry.attribute(i) != rules_.names.structure_jointure) continue;
      const auto parsed = parse_jointure(entry.text(i));
      if (!parsed) continue;
      matched_.status_[e] = EntryStatus::unmatched;
      matched_.keys_.push_back({e, {parsed->feed, Category::etab_educ_nat, parsed->id}});
    }
    const auto uai = Uai::parse(entry.first(rules_.names.uai));
    if (!uai) return;
    const EcoleIndex ecole = population_.ecole_with(*uai);
    if (ecole == no_index) return;
    EntryIndex& mine = matched_.ecole_entry_[ecole];
    if (mine != no_entry) {
      matched_.review_.push_back(
          {subject_key(population_, population_.ecoles()[ecole]),
           {std::string(snapshot_.entry(mine).dn()), std::string(entry.dn())},
           "two entries carry the UAI " + uai->str()});
      // Links need one of them, the same every night, in whatever order the server returns them.
      const bool keep = dn::normalise(snapshot_.entry(mine).dn()) < dn::normalise(entry.dn());
      matched_.status_[keep ? e : mine] = EntryStatus::ambiguous;
      if (keep) return;
      matched_.subject_[mine] = no_index;
    }
    mine = e;
    matched_.status_[e] = EntryStatus::matched;
    matched_.subject_[e] = ecole;
  }

  void match_person(PersonIndex p) {
    const Person& person = population_.persons()[p];
    const auto head = by_id_[person.feed].find(person.record.id());
    if (head == by_id_[person.feed].end()) return;
    const unsigned role = 1U << static_cast<unsigned>(person.record.category());
    exact_.clear();
    roleless_.clear();
    bool one_role = false;
    for (std::uint32_t c = head->second; c != no_index; c = candidates_[c].next) {
      if ((candidates_[c].roles & role) != 0) {
        exact_.push_back(candidates_[c].entry);
        one_role = candidates_[c].roles == role;
      }
      if (candidates_[c].roles == 0) roleless_.push_back(candidates_[c].entry);
    }
    const auto& chosen = exact_.empty() ? roleless_ : exact_;
    if (chosen.empty()) return;
    if (chosen.size() > 1) {
      review(p, chosen, "several entries carry this key");
      for (const EntryIndex e : chosen) release(e);
      return;
    }
    if (!one_role && !has_family_name_of(person, chosen.front())) {
      review(p, chosen,
             "the entry's object classes do not tell whose key it carries, and the family name is "
             "another one");
      release(chosen.front());
      return;
    }
    claim(p, chosen.front());
  }

  /// Ids are only unique inside a category: an entry that speaks for none or for several may be
  /// somebody else's, with his credentials.
  [[nodiscard]] bool has_family_name_of(const Person& person, EntryIndex e) const {
    const std::string_view wanted = person.record.first(rules_.feed.nom);
    const SnapshotEntry entry = snapshot_.entry(e);
    for (const AttributeRule& rule : rules_.person(person.profil).attributes)
      if (is_family_name(rule))
        for (std::size_t i = 0; i < entry.value_count(); ++i)
          if (entry.attribute(i) == rule.attribute && are_one_name(entry.text(i), wanted))
            return true;
    return false;
  }

  [[nodiscard]] bool is_family_name(const AttributeRule& rule) const {
    return rule.owner == Owner::source && rule.each == Each::once &&
           rule.value.fields.size() == 1 &&
           rule.value.fields.front().kind == Field::Kind::feed_attribute &&
           rule.value.fields.front().attribute == rules_.feed.nom;
  }

  static bool are_one_name(std::string_view a, std::string_view b) {
    const std::string letters = ascii_letters(a);
    return case_fold(a) == case_fold(b) || (!letters.empty() && letters == ascii_letters(b));
  }

  void claim(PersonIndex p, EntryIndex e) {
    if (matched_.status_[e] == EntryStatus::ambiguous) {
      review(p, {e}, "its entry is claimed by somebody else too");
      return;
    }
    if (matched_.status_[e] == EntryStatus::matched) {
      const PersonIndex other = matched_.subject_[e];
      review(other, {e}, "one entry carries the keys of two persons of the delivery");
      review(p, {e}, "one entry carries the keys of two persons of the delivery");
      release(e);
      return;
    }
    matched_.person_entry_[p] = e;
    matched_.status_[e] = EntryStatus::matched;
    matched_.subject_[e] = p;
  }

  /// Nobody has the entry any more; it stays as it is.
  void release(EntryIndex e) {
    if (matched_.status_[e] == EntryStatus::matched) {
      const PersonIndex p = matched_.subject_[e];
      matched_.person_entry_[p] = no_entry;
      matched_.person_ambiguous_[p] = true;
      matched_.subject_[e] = no_index;
    }
    matched_.status_[e] = EntryStatus::ambiguous;
  }

  void review(PersonIndex p, const std::vector<EntryIndex>& entries, std::string reason) {
    matched_.person_ambiguous_[p] = true;
    ReviewItem item{subject_key(population_, population_.persons()[p]), {}, std::move(reason)};
    for (const EntryIndex e : entries) item.candidates.emplace_back(snapshot_.entry(e).dn());
    std::ranges::sort(item.candidates);
    matched_.review_.push_back(std::move(item));
  }

  struct Candidate {
    EntryIndex entry;
    unsigned roles;
    std::uint32_t next;
  };

  const Population& population_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  Matched matched_;
  std::vector<Candidate> candidates_;
  /// Per feed: id → chain of candidates.
  std::vector<boost::unordered_flat_map<std::string_view, std::uint32_t>> by_id_;
  std::vector<EntryIndex> exact_;
  std::vector<EntryIndex> roleless_;
};

Matched Matched::make(const Population& population, const DirectorySnapshot& snapshot,
                      const Rules& rules) {
  return Matcher(population, snapshot, rules).run();
}

}  // namespace entsync
