#include "match.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>

#include "dn.hpp"
#include "pupil_search.hpp"
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

std::string_view Matched::arrival_of(PersonIndex person) const {
  const auto found = arrivals_.find(person);
  return found == arrivals_.end() ? std::string_view() : found->second;
}

const RegisteredPerson* Matched::registered(EntryIndex entry) const {
  if (registered_entries_.empty()) return nullptr;
  const auto found = registered_entries_.find(entry);
  return found == registered_entries_.end() ? nullptr : &found->second;
}

const RegisteredPerson* Matched::registered_person(PersonIndex person) const {
  if (registered_persons_.empty()) return nullptr;
  const auto found = registered_persons_.find(person);
  return found == registered_persons_.end() ? nullptr : &found->second;
}

bool Matched::is_restricted(EntryIndex entry) const {
  const RegisteredPerson* found = has_restrictions_ ? registered(entry) : nullptr;
  return found != nullptr && found->standing == Standing::restricted;
}

std::vector<PersonIndex> Matched::registered_persons() const {
  std::vector<PersonIndex> list;
  for (const auto& [person, registered] : registered_persons_) list.push_back(person);
  std::ranges::sort(list);
  return list;
}

/// Up to this many, or one in twenty, of the pupils may each be a case for a person.
constexpr std::size_t few_doubts = 20;
constexpr std::size_t largest_share_of_doubts = 20;

class Matcher {
 public:
  Matcher(const Population& population, const DirectorySnapshot& snapshot, const Rules& rules,
          const ReviewDecisions& decisions, const PersonRegisters& registers)
      : population_(population),
        snapshot_(snapshot),
        rules_(rules),
        decisions_(decisions),
        registers_(registers),
        search_(population, rules) {
    matched_.person_entry_.assign(population.persons().size(), no_entry);
    matched_.person_ambiguous_.assign(population.persons().size(), false);
    matched_.ecole_entry_.assign(population.ecoles().size(), no_entry);
    matched_.status_.assign(snapshot.size(), EntryStatus::foreign);
    matched_.subject_.assign(snapshot.size(), no_index);
    by_id_.resize(population.feed_count());
    if (population.feed_count() == 1) by_id_.front().reserve(population.persons().size());
    candidates_.reserve(population.persons().size());
    matched_.keys_.reserve(population.persons().size());
  }

  Matched run() {
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) {
      const SnapshotEntry entry = snapshot_.entry(e);
      if (entry.branch() == Branch::people) index_person(e, entry);
      if (entry.branch() == Branch::structures) match_structure(e, entry);
    }
    if (!registers_.empty()) look_into_registers();
    if (!decisions_.empty()) carry_out_decisions();
    for (PersonIndex p = 0; p < population_.persons().size(); ++p)
      if (!linked_.contains(p) && !is_left_out(p)) match_person(p);
    for (const EntryIndex e : separated_)  // nobody's by this key; they stay as they are
      if (matched_.status_[e] == EntryStatus::unmatched) release(e);
    match_newcomers();
    wait_for_pupils();
    if (!registers_.empty()) restrict_entries();
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
  unsigned roles_of(const SnapshotEntry& entry) {
    unsigned roles = 0;
    entry.values_of(rules_.names.object_class, object_classes_);
    for (const std::string_view object_class : object_classes_) {
      const auto [known, is_new] = roles_of_class_.try_emplace(object_class, 0);
      if (is_new) known->second = roles_of_class(object_class);
      roles |= known->second;
    }
    return roles;
  }
  [[nodiscard]] unsigned roles_of_class(std::string_view object_class) const {
    unsigned roles = 0;
    for (std::size_t c = 0; c < rules_.role_classes.size(); ++c)
      for (const std::string& name : rules_.role_classes[c])
        if (equals_ignoring_case(name, object_class)) roles |= 1U << c;
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
    for (unsigned c = 0; c < category_count; ++c)
      if (roles == 1U << c) return static_cast<Category>(c);
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

  // Registers ------------------------------------------------------------------------------------

  void look_into_registers() {
    for (const auto& [e, key] : matched_.keys_)
      if (const RegisteredPerson* found = registers_.find(
              Jointure{population_.feed(key.feed).academie(), key.category, std::string(key.id)}
                  .str(),
              {}, {}))
        register_entry(e, *found);
    for (PersonIndex p = 0; p < population_.persons().size(); ++p) {
      const FeedRecord& record = population_.persons()[p].record;
      const bool is_pupil = record.category() == Category::eleve;
      const RegisteredPerson* found = registers_.find(
          key_of(p),
          is_pupil && rules_.feed.ine ? record.first(*rules_.feed.ine) : std::string_view(),
          is_pupil ? record.first(rules_.feed.date_naissance) : std::string_view());
      if (found != nullptr) register_person(p, *found);
    }
    for (PersonIndex p = 0; p < population_.persons().size(); ++p)
      if (population_.persons()[p].record.category() == Category::pers_rel_eleve) follow_pupils(p);
  }

  /// A responsable follows the last of his pupils: without their links nothing would tell later
  /// that he left.
  void follow_pupils(PersonIndex p) {
    if (matched_.registered_person(p) != nullptr) return;
    const auto links = population_.links_of(population_.persons()[p]);
    RegisteredPerson last{Standing::follows, {}, Deletion::confirmed};
    for (const Link& link : links) {
      const RegisteredPerson* pupil = matched_.registered_person(link.person);
      if (!is_out(pupil)) return;
      last.since = std::max(last.since, pupil->since);
    }
    if (links.empty()) return;
    register_person(p, last);
    find_by_key(p);
    for (const EntryIndex e : exact_) register_entry(e, last);
  }

  void register_entry(EntryIndex e, const RegisteredPerson& found) {
    const auto [known, is_new] = matched_.registered_entries_.try_emplace(e, found);
    if (!is_new && found.standing < known->second.standing) known->second = found;
    if (found.standing == Standing::restricted) matched_.has_restrictions_ = true;
  }

  void register_person(PersonIndex p, const RegisteredPerson& found) {
    matched_.registered_persons_.try_emplace(p, found);
    if (found.standing == Standing::restricted) matched_.has_restrictions_ = true;
  }

  [[nodiscard]] static bool is_out(const RegisteredPerson* found) {
    return found != nullptr && found->standing != Standing::restricted;
  }
  /// Who objected or died is matched with nothing, so that nothing is made of his record.
  [[nodiscard]] bool is_left_out(PersonIndex p) const {
    return is_out(matched_.registered_person(p));
  }
  /// Whether a record gets an entry whose person objected or died under another key: he is the
  /// same person, and is left out too.
  bool leave_out_with(PersonIndex p, EntryIndex e) {
    const RegisteredPerson* found = matched_.registered(e);
    if (!is_out(found)) return false;
    register_person(p, *found);
    return true;
  }

  /// Who is restricted by a key that his entry does not carry restricts it, and the other way
  /// round.
  void restrict_entries() {
    for (PersonIndex p = 0; p < population_.persons().size(); ++p) {
      const EntryIndex e = matched_.person_entry_[p];
      if (e == no_entry) continue;
      if (const RegisteredPerson* person = matched_.registered_person(p))
        register_entry(e, RegisteredPerson(*person));
      else if (const RegisteredPerson* entry = matched_.registered(e))
        register_person(p, RegisteredPerson(*entry));
    }
  }

  // Decisions ------------------------------------------------------------------------------------

  /// Links come before everything else; the entries that carry the key beside the linked one are
  /// nobody's.
  void carry_out_decisions() {
    boost::unordered_flat_set<std::string_view> ids;
    for (const ReviewDecision& decision : decisions_.list()) {
      const std::string_view subject = decision.subject;
      ids.insert(subject.substr(subject.rfind('/') + 1));
    }
    for (PersonIndex p = 0; p < population_.persons().size(); ++p) {
      if (!ids.contains(population_.persons()[p].record.id())) continue;
      decided_.insert(p);
      const std::string subject = subject_key(population_, population_.persons()[p]);
      for (const ReviewDecision& decision : decisions_.list())
        if (decision.kind == ReviewDecision::Kind::link && decision.subject == subject)
          link(p, snapshot_.find(decision.entry));
    }
  }

  void link(PersonIndex p, EntryIndex e) {
    if (e == no_entry || snapshot_.entry(e).branch() != Branch::people) return;
    if (matched_.status_[e] == EntryStatus::matched || linked_.contains(p)) return;
    if (is_left_out(p) || leave_out_with(p, e)) return;
    const bool is_new = !carries_key_of(e, population_.persons()[p]);
    linked_.insert(p);
    find_by_key(p);
    for (const auto* list : {&exact_, &roleless_})
      for (const EntryIndex other : *list)
        if (matched_.status_[other] != EntryStatus::matched) release(other);
    give(p, e);
    if (is_new) matched_.arrivals_[p] = "a person decided that this entry is theirs";
  }

  [[nodiscard]] bool is_separate(PersonIndex p, EntryIndex e) const {
    return decided_.contains(p) &&
           decisions_.are_separate(subject_key(population_, population_.persons()[p]),
                                   dn::normalise(snapshot_.entry(e).dn()));
  }

  // Keys -----------------------------------------------------------------------------------------

  /// Entries that carry the key of a person, in `exact_` and `roleless_`.
  void find_by_key(PersonIndex p) {
    const Person& person = population_.persons()[p];
    const unsigned role = 1U << static_cast<unsigned>(person.record.category());
    exact_.clear();
    roleless_.clear();
    one_role_ = false;
    const auto head = by_id_[person.feed].find(person.record.id());
    if (head == by_id_[person.feed].end()) return;
    for (std::uint32_t c = head->second; c != no_index; c = candidates_[c].next) {
      if ((candidates_[c].roles & role) != 0) {
        exact_.push_back(candidates_[c].entry);
        one_role_ = candidates_[c].roles == role;
      }
      if (candidates_[c].roles == 0) roleless_.push_back(candidates_[c].entry);
    }
  }

  /// Entries with the key of a person that somebody decided are not his.
  void leave_separate(PersonIndex p, std::vector<EntryIndex>& entries) {
    std::erase_if(entries, [&](EntryIndex e) {
      if (!is_separate(p, e)) return false;
      separated_.push_back(e);
      return true;
    });
  }

  void match_person(PersonIndex p) {
    const Person& person = population_.persons()[p];
    find_by_key(p);
    if (decided_.contains(p)) {
      leave_separate(p, exact_);
      leave_separate(p, roleless_);
    }
    const auto& chosen = exact_.empty() ? roleless_ : exact_;
    if (chosen.empty()) {
      if (person.record.category() == Category::eleve) search_.look_for(p);
      return;
    }
    if (chosen.size() > 1) {
      review(p, chosen, "several entries carry this key");
      for (const EntryIndex e : chosen) release(e);
      return;
    }
    if (!one_role_ && !has_family_name_of(person, chosen.front())) {
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
      if (keeps(rule, rules_.feed.nom))
        for (std::size_t i = 0; i < entry.value_count(); ++i)
          if (entry.attribute(i) == rule.attribute && are_one_name(entry.text(i), wanted))
            return true;
    return false;
  }

  static bool are_one_name(std::string_view a, std::string_view b) {
    const std::string letters = ascii_letters(a);
    return case_fold(a) == case_fold(b) || (!letters.empty() && letters == ascii_letters(b));
  }

  void claim(PersonIndex p, EntryIndex e) {
    if (leave_out_with(p, e)) return;
    if (matched_.status_[e] == EntryStatus::ambiguous) {
      review(p, {e}, "its entry is claimed by somebody else too");
      return;
    }
    if (matched_.status_[e] != EntryStatus::matched) return give(p, e);
    const PersonIndex other = matched_.subject_[e];
    if (search_.are_one_pupil(p, other)) return choose_record(p, other, e);
    if (linked_.contains(other)) {
      review(p, {e}, "a person decided that the entry with its key is that of " + key_of(other));
      return;
    }
    review(other, {e}, "one entry carries the keys of two persons of the delivery");
    review(p, {e}, "one entry carries the keys of two persons of the delivery");
    release(e);
  }

  void give(PersonIndex p, EntryIndex e) {
    matched_.person_entry_[p] = e;
    matched_.status_[e] = EntryStatus::matched;
    matched_.subject_[e] = p;
  }

  // Pupils under two keys ------------------------------------------------------------------------

  /// One pupil in two deliveries, and the entry carries both keys. It stays with the record whose
  /// school it has, so that the order of deliveries and records moves nobody from night to night.
  void choose_record(PersonIndex p, PersonIndex other, EntryIndex e) {
    if (linked_.contains(other)) {
      matched_.person_ambiguous_[p] = true;  // decided
      return;
    }
    const bool p_leads = is_at_school_of(p, e) && !is_at_school_of(other, e);
    const PersonIndex leader = p_leads ? p : other;
    const PersonIndex follower = p_leads ? other : p;
    matched_.person_entry_[follower] = no_entry;
    give(leader, e);
    follow(follower, leader, e);
  }

  [[nodiscard]] bool is_at_school_of(PersonIndex p, EntryIndex e) const {
    const EntryIndex school =
        snapshot_.find(snapshot_.entry(e).first(rules_.names.person_structure));
    if (school == no_entry || matched_.status_[school] != EntryStatus::matched) return false;
    const auto ecoles = population_.ecoles_of(population_.persons()[p]);
    return std::ranges::find(ecoles, matched_.subject_[school]) != ecoles.end();
  }

  void follow(PersonIndex p, PersonIndex leader, EntryIndex e) {
    review(p, {e},
           "its INE and birth date are those of " + key_of(leader) +
               ", who is delivered too; the account stays there until that record goes");
  }

  /// A responsable is made with the first of his pupils: while all of them are in doubt nobody
  /// knows whose he is, and an account would already be in the groups of their classes.
  void wait_for_pupils() {
    for (PersonIndex p = 0; p < population_.persons().size(); ++p) {
      const Person& person = population_.persons()[p];
      if (person.record.category() != Category::pers_rel_eleve || !is_without_entry(p)) continue;
      const auto links = population_.links_of(person);
      matched_.person_ambiguous_[p] =
          !links.empty() && std::ranges::all_of(links, [this](const Link& link) {
            return is_without_entry(link.person) && matched_.person_ambiguous_[link.person];
          });
    }
  }
  [[nodiscard]] bool is_without_entry(PersonIndex p) const {
    return matched_.person_entry_[p] == no_entry;
  }

  void match_newcomers() {
    if (search_.pupils().empty()) return;
    search_.run(snapshot_);
    is_keyed_otherwise_ = are_many_of_another_source();
    // Who is certain comes first, so that a doubt about his entry is not in his way.
    for (const bool certain : {true, false})
      for (const PersonIndex p : search_.pupils()) {
        const std::vector<LikelyEntry> likely = likely_entries(p);
        const bool has_ine = !likely.empty() && likely.front().likeness == Likeness::ine_and_birth;
        if (has_ine == certain) match_newcomer(p, likely);
      }
  }

  [[nodiscard]] std::vector<LikelyEntry> likely_entries(PersonIndex p) const {
    std::vector<LikelyEntry> likely = search_.entries_of(p);
    std::erase_if(likely, [&](const LikelyEntry& one) {
      return is_separate(p, one.entry) ||
             (is_keyed_otherwise_ && is_of_another_source(one.entry)) ||
             (one.likeness == Likeness::name_and_birth && is_of_his_delivery(p, one.entry));
    });
    return likely;
  }

  void match_newcomer(PersonIndex p, const std::vector<LikelyEntry>& likely) {
    if (likely.empty()) return match_twin_record(p);
    std::vector<EntryIndex> entries;  // those that are as likely as the most likely
    for (const LikelyEntry& one : likely)
      if (one.likeness == likely.front().likeness) entries.push_back(one.entry);
    if (likely.front().likeness != Likeness::ine_and_birth || entries.size() > 1)
      return doubt(p, entries, why(likely.front().likeness, entries.size()));
    const EntryIndex e = entries.front();
    if (leave_out_with(p, e)) return;
    switch (matched_.status_[e]) {
      case EntryStatus::matched:
        return follow(p, matched_.subject_[e], e);
      case EntryStatus::foreign:
        return doubt(p, entries,
                     "an entry without a key of the deliveries has its INE and birth date");
      case EntryStatus::ambiguous:
        return doubt(p, entries, "the entry with its INE is claimed by somebody else too");
      case EntryStatus::unmatched:
        return move(p, e);
    }
  }

  /// When a good part of the pupils is there under keys of another source, the code of an académie
  /// was changed or the directory is another's: no list for a person to go through, but a surprise
  /// for the judge.
  [[nodiscard]] bool are_many_of_another_source() const {
    std::size_t pupils = 0;
    for (const Person& person : population_.persons())
      if (person.record.category() == Category::eleve) ++pupils;
    const std::size_t many = std::max(few_doubts, pupils / largest_share_of_doubts);
    std::size_t found = 0;
    for (const PersonIndex p : search_.pupils())
      if (std::ranges::any_of(search_.entries_of(p), [&](const LikelyEntry& one) {
            return is_of_another_source(one.entry);
          }))
        ++found;
    return found > many;
  }

  [[nodiscard]] bool is_of_another_source(EntryIndex e) const {
    return matched_.status_[e] == EntryStatus::foreign &&
           !snapshot_.entry(e).first(rules_.names.person_jointure).empty();
  }

  /// Two records of one delivery that name no INE are two pupils.
  [[nodiscard]] bool is_of_his_delivery(PersonIndex p, EntryIndex e) const {
    return matched_.status_[e] == EntryStatus::matched &&
           population_.persons()[matched_.subject_[e]].feed == population_.persons()[p].feed;
  }

  static std::string why(Likeness likeness, std::size_t entries) {
    switch (likeness) {
      case Likeness::ine_and_birth:
        return "several entries have its INE and birth date";
      case Likeness::ine:
        return entries == 1 ? "an entry has its INE, but not its birth date"
                            : "entries have its INE, but not its birth date";
      case Likeness::name_and_birth:
        return entries == 1 ? "an entry has its names and birth date, and no INE tells them apart"
                            : "entries have its names and birth date, and no INE tells them apart";
    }
    return {};
  }

  /// Somebody new whose INE another newcomer has: one account is made tonight, not two.
  void match_twin_record(PersonIndex p) {
    const PersonIndex first = search_.first_with_ine_of(p);
    if (first == p) return;
    review(p, {}, "its INE is that of " + key_of(first) + ", who is delivered too");
  }

  /// The old key is in no delivery any more: the account goes on under the new one.
  void move(PersonIndex p, EntryIndex e) {
    const auto key = matched_.key_of(e);
    if (!key || key->category != Category::eleve)
      return doubt(p, {e}, "an entry of another category has its INE and birth date");
    const std::string former =
        Jointure{population_.feed(key->feed).academie(), key->category, std::string(key->id)}.str();
    if (population_.may_be_rejected(key->feed, key->category, key->id))
      return doubt(p, {e},
                   "its INE and birth date are those of " + former +
                       ", whose record may be among those that were rejected");
    give(p, e);
    matched_.arrivals_[p] =
        "its INE and birth date are those of " + former + ", whom no delivery has any more";
  }

  /// Nobody is created, and the entries stay as they are, until a person decides; but for those of
  /// people who objected or died.
  void doubt(PersonIndex p, const std::vector<EntryIndex>& entries, std::string reason) {
    review(p, entries, std::move(reason));
    for (const EntryIndex e : entries)
      if (matched_.status_[e] == EntryStatus::unmatched && !is_out(matched_.registered(e)))
        release(e);
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
    std::vector<std::pair<std::string, std::string>> candidates;
    for (const EntryIndex e : entries)
      candidates.emplace_back(snapshot_.entry(e).dn(), keys_in(snapshot_.entry(e)));
    std::ranges::sort(candidates);
    ReviewItem item{key_of(p), {}, std::move(reason), {}, true};
    for (auto& [dn, keys] : candidates) {
      item.candidates.push_back(std::move(dn));
      item.keys.push_back(std::move(keys));
    }
    matched_.review_.push_back(std::move(item));
  }

  /// Keys of whatever source, parted by spaces.
  [[nodiscard]] std::string keys_in(const SnapshotEntry& entry) const {
    std::vector<std::string_view> values;
    entry.values_of(rules_.names.person_jointure, values);
    std::string keys;
    for (const std::string_view value : values) {
      if (!keys.empty()) keys += ' ';
      keys += value;
    }
    return keys;
  }

  [[nodiscard]] std::string key_of(PersonIndex p) const {
    return subject_key(population_, population_.persons()[p]);
  }

  [[nodiscard]] bool carries_key_of(EntryIndex e, const Person& person) const {
    std::vector<std::string_view> values;
    snapshot_.entry(e).values_of(rules_.names.person_jointure, values);
    return std::ranges::any_of(values, [&](std::string_view value) {
      const auto parsed = parse_jointure(value);
      return parsed && parsed->feed == person.feed && parsed->id == person.record.id();
    });
  }

  struct Candidate {
    EntryIndex entry;
    unsigned roles;
    std::uint32_t next;
  };

  const Population& population_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  const ReviewDecisions& decisions_;
  const PersonRegisters& registers_;
  PupilSearch search_;
  Matched matched_;
  std::vector<Candidate> candidates_;
  /// Per feed: id → chain of candidates.
  std::vector<boost::unordered_flat_map<std::string_view, std::uint32_t>> by_id_;
  boost::unordered_flat_map<std::string_view, unsigned> roles_of_class_;
  std::vector<std::string_view> object_classes_;  ///< of the entry being looked at
  std::vector<EntryIndex> exact_;
  std::vector<EntryIndex> roleless_;
  std::vector<EntryIndex> separated_;
  bool is_keyed_otherwise_ = false;
  bool one_role_ = false;  ///< the last of exact_ speaks for this category alone
  boost::unordered_flat_set<PersonIndex> linked_;
  boost::unordered_flat_set<PersonIndex> decided_;  ///< who may be the subject of a decision
};

Matched Matched::make(const Population& population, const DirectorySnapshot& snapshot,
                      const Rules& rules, const ReviewDecisions& decisions,
                      const PersonRegisters& registers) {
  return Matcher(population, snapshot, rules, decisions, registers).run();
}

}  // namespace entsync
