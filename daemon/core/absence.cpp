#include "absence.hpp"

#include <algorithm>

#include "ownership.hpp"

namespace entsync {

void schools_of_entry(const SnapshotEntry& entry, const DirectorySnapshot& snapshot,
                      const Rules& rules, std::vector<EntryIndex>& out) {
  out.clear();
  for (std::size_t i = 0; i < entry.value_count(); ++i) {
    const Matching matching = rules.target.info(entry.attribute(i)).matching;
    if (matching != Matching::dn && matching != Matching::case_ignore) continue;
    const std::string_view dn = target_dn(matching, entry.text(i));
    if (dn.empty()) continue;
    const EntryIndex e = snapshot.find(dn);
    if (e == no_entry || snapshot.entry(e).branch() != Branch::structures) continue;
    if (std::ranges::find(out, e) == out.end()) out.push_back(e);
  }
}

class AbsenceJudge {
 public:
  AbsenceJudge(const Population& population, const Matched& matched,
               const DirectorySnapshot& snapshot, const Rules& rules, const Registry& registry,
               const std::vector<bool>& is_frozen, Rollover rollover)
      : population_(population),
        matched_(matched),
        snapshot_(snapshot),
        rules_(rules),
        registry_(registry),
        is_frozen_(is_frozen) {
    absences_.presence_.assign(snapshot.size(), Presence::present);
    absences_.reason_.assign(snapshot.size(), {});
    absences_.rollover_ = std::move(rollover);
  }

  Absences run() {
    // A responsable follows his pupils, so pupils are decided first.
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) decide(e, false);
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) decide(e, true);
    auto& waiting = absences_.waiting_schools_;
    std::ranges::sort(waiting);
    waiting.erase(std::unique(waiting.begin(), waiting.end()), waiting.end());
    return std::move(absences_);
  }

 private:
  void set(EntryIndex e, Presence presence, std::string_view reason) {
    if (presence == Presence::absent && is_kept_by_freeze(e)) {
      presence = Presence::unknown;
      reason = "nobody becomes absent in this freeze of the académie";
    }
    absences_.presence_[e] = presence;
    absences_.reason_[e] = reason;
  }

  /// Whose clock runs already is not stopped by a freeze.
  [[nodiscard]] bool is_kept_by_freeze(EntryIndex e) const {
    return !is_dated(snapshot_.entry(e)) &&
           std::ranges::any_of(matched_.keys_of(e),
                               [&](const auto& pair) { return is_frozen_[pair.second.feed]; });
  }

  void decide(EntryIndex e, bool responsables) {
    const SnapshotEntry entry = snapshot_.entry(e);
    if (entry.branch() != Branch::people || matched_.status(e) != EntryStatus::unmatched) return;
    const auto key = matched_.key_of(e);
    if (const RegisteredPerson* registered = matched_.registered(e);
        registered != nullptr && registered->standing != Standing::restricted) {
      // Nobody's delivery or calendar tells: somebody said so.
      absences_.presence_[e] = Presence::absent;
      absences_.reason_[e] = reason_of(registered->standing);
      return;
    }
    if (!key) {
      if (!responsables)
        set(e, Presence::unknown, "its object classes do not tell which category it belongs to");
      return;
    }
    if ((key->category == Category::pers_rel_eleve) != responsables) return;
    const auto keys = matched_.keys_of(e);
    if (any(keys, &Population::may_be_rejected)) {
      set(e, Presence::unknown, "the delivery has a record that was rejected");
    } else if (any(keys, &Population::is_unplaced)) {
      set(e, Presence::unknown, "the delivery places this person in no structure that can be read");
    } else if (key->category == Category::pers_collectivite) {
      decide_agent(e, entry, *key);
    } else if (responsables) {
      decide_responsable(e, entry, keys);
    } else {
      decide_by_schools(e, entry, keys);
    }
  }

  /// Requests alone tell: a day that they named, never a line that is missing. Files are moved and
  /// lines are lost, and no Complet says who is still there.
  void decide_agent(EntryIndex e, const SnapshotEntry& entry, const EntryKey& key) {
    const Requested* requested = population_.feed(key.feed).requested(key.id);
    if (requested != nullptr && requested->has_ended) absences_.losses_[e] = requested->end;
    if (requested != nullptr && requested->has_ended)
      set(e, Presence::absent,
          requested->valideur.empty() ? "the agreement that the account stood on has ended"
                                      : "the day on which its requests end the account has come");
    else if (is_dated(entry) && requested == nullptr)
      set(e, Presence::absent, "dated by an earlier run, and no request asks for this account");
    else
      set(e, Presence::unknown,
          requested == nullptr ? "no request speaks of this account any more, and none ended it"
                               : "the registry does not tell whether its requests still hold");
  }

  using Keys = std::span<const std::pair<EntryIndex, EntryKey>>;

  /// Whether something holds for one of an entry's keys: who has two has left when neither knows
  /// him.
  bool any(Keys keys,
           bool (Population::*holds)(FeedIndex, Category, std::string_view) const) const {
    return std::ranges::any_of(keys, [&](const auto& pair) {
      const EntryKey& key = pair.second;
      return (population_.*holds)(key.feed, key.category, key.id);
    });
  }

  void decide_by_schools(EntryIndex e, const SnapshotEntry& entry, Keys keys) {
    schools_of_entry(entry, snapshot_, rules_, schools_);
    if (!is_dated(entry) && waits_for_rollover(schools_, keys)) {
      set(e, Presence::unknown, "a school of this person waits for the roll-over of the year");
      return;
    }
    if (schools_.empty())
      if (const WorkLink* link = last_ended_link(keys)) {
        set(e, Presence::absent, "the link to a school that the account stood on has ended");
        absences_.losses_[e] = link->end;
        absences_.ends_of_links_.insert(e);
        return;
      }
    bool complete = false;
    bool ended = false;
    for (const EntryIndex school : schools_) {
      if (is_complete(school, keys)) {
        complete = true;
      } else if (has(school, keys, &Registry::has_ended)) {
        ended = true;
      } else if (has(school, keys, &Registry::in_scope)) {
        set(e, Presence::unknown, "a school of this person is enrolled but not in the delivery");
        return;
      }
    }
    if (complete) {
      set(e, Presence::absent,
          any(keys, &Population::has_record)
              ? "the delivery no longer places this person in an enrolled school"
              : "not in the whole Complet of the school any more");
    } else if (ended) {
      set(e, Presence::absent, "the agreement of the school was ended");
      if (const auto day = day_of_end()) absences_.losses_[e] = *day;
    } else if (!schools_.empty()) {
      set(e, Presence::outside, "of a school that is not enrolled");
    } else if (is_dated(entry)) {
      set(e, Presence::absent, "dated by an earlier run, and no delivery places this person");
    } else {
      set(e, Presence::unknown, "the entry names no school, so no Complet can tell");
    }
  }

  /// Of somebody whom a delivery has, and places in no enrolled school.
  [[nodiscard]] const WorkLink* last_ended_link(Keys keys) const {
    for (const auto& [index, key] : keys)
      if (population_.has_record(key.feed, key.category, key.id))
        if (const WorkLink* link = population_.last_ended_link(key.feed, key.category, key.id))
          return link;
    return nullptr;
  }

  /// The last of the days on which the agreements of these schools ended; none when one has no day.
  [[nodiscard]] std::optional<Date> day_of_end() const {
    std::optional<Date> last;
    for (const EntryIndex school : schools_) {
      const auto uai = Uai::parse(snapshot_.entry(school).first(rules_.names.uai));
      const Ecole* ecole = uai ? registry_.find(*uai) : nullptr;
      if (ecole == nullptr) continue;
      if (!ecole->etat_le) return std::nullopt;
      last = std::max(last, ecole->etat_le);
    }
    return last;
  }

  /// Whether an earlier run was certain: links may have gone since.
  [[nodiscard]] bool is_dated(const SnapshotEntry& entry) const {
    return !entry.first(rules_.names.absent_since).empty();
  }

  /// Whether a feed of one of these keys describes the school. What another académie says of a
  /// school tells nothing about the people of this one.
  [[nodiscard]] bool is_complete(EntryIndex school, Keys keys) const {
    if (matched_.status(school) != EntryStatus::matched) return false;
    const EcoleNode& node = population_.ecoles()[matched_.subject_of(school)];
    return std::ranges::any_of(
        keys, [&](const auto& pair) { return node.is_described_by(pair.second.feed); });
  }

  /// Whether one of the schools waits for the roll-over in a feed of one of these keys. Who was
  /// dated before is not asked about: as in a freeze, a clock that runs is not stopped.
  bool waits_for_rollover(const std::vector<EntryIndex>& schools, Keys keys) {
    bool waits = false;
    for (const EntryIndex school : schools) {
      if (matched_.status(school) != EntryStatus::matched) continue;
      const EcoleIndex ecole = matched_.subject_of(school);
      if (std::ranges::none_of(keys, [&](const auto& pair) {
            return absences_.rollover_.is_waiting(ecole, pair.second.feed);
          }))
        continue;
      absences_.waiting_schools_.push_back(ecole);
      waits = true;
    }
    return waits;
  }

  /// The same of a pupil whom a delivery has: where it places him, not where he was.
  bool pupil_waits_for_rollover(EntryIndex pupil) {
    if (matched_.status(pupil) != EntryStatus::matched) return false;
    const Person& person = population_.persons()[matched_.subject_of(pupil)];
    bool waits = false;
    for (const EcoleIndex ecole : population_.ecoles_of(person)) {
      if (!absences_.rollover_.is_waiting(ecole, person.feed)) continue;
      absences_.waiting_schools_.push_back(ecole);
      waits = true;
    }
    return waits;
  }

  /// What the registry says of the school on the day of these keys' deliveries.
  [[nodiscard]] bool has(EntryIndex school, Keys keys,
                         bool (Registry::*state)(const Uai&, Date) const) const {
    const auto uai = Uai::parse(snapshot_.entry(school).first(rules_.names.uai));
    return uai && std::ranges::any_of(keys, [&](const auto& pair) {
             return (registry_.*state)(*uai, population_.feed(pair.second.feed).date());
           });
  }

  void decide_responsable(EntryIndex e, const SnapshotEntry& entry, Keys keys) {
    for (const auto& [index, key] : keys) {
      if (population_.is_named_responsable(key.feed, key.id)) {
        set(e, Presence::unknown,
            "a pupil names this responsable, but the delivery lacks the record");
        return;
      }
      if (population_.has_record(key.feed, key.category, key.id) &&
          population_.has_rejected(key.feed, Category::eleve)) {
        set(e, Presence::unknown,
            "the record of a pupil who may name this responsable was rejected");
        return;
      }
    }
    bool outside = false;
    bool has_loss = true;
    Date loss;
    entry.values_of(rules_.names.responsable_pupils, pupils_);
    if (pupils_.empty() && is_dated(entry)) {
      set(e, Presence::absent, "dated by an earlier run, and no pupil names this responsable");
      return;
    }
    if (pupils_.empty()) {
      set(e, Presence::unknown, "the entry names no pupil, so no Complet can tell");
      return;
    }
    for (const std::string_view dn : pupils_) {
      const EntryIndex pupil = snapshot_.find(dn);
      if (pupil == no_entry) continue;
      if (matched_.status(pupil) == EntryStatus::foreign ||
          matched_.status(pupil) == EntryStatus::ambiguous) {
        set(e, Presence::unknown, "linked to a pupil who is not of this delivery");
        return;
      }
      if (matched_.is_restricted(pupil)) {
        set(e, Presence::unknown, "linked to a pupil whose entry is restricted");
        return;
      }
      const Presence presence = absences_.presence_[pupil];
      if (presence == Presence::unknown) {
        set(e, Presence::unknown, "linked to a pupil whose presence is not known");
        return;
      }
      // Who is named by none of a waiting school's pupils may be named again with the new year.
      if (!is_dated(entry) && pupil_waits_for_rollover(pupil)) {
        set(e, Presence::unknown, "linked to a pupil whose school waits for the roll-over");
        return;
      }
      outside = outside || presence == Presence::outside;
      const auto day = absences_.loss(pupil);
      has_loss = has_loss && day;
      if (day) loss = std::max(loss, *day);
    }
    if (outside)
      set(e, Presence::outside, "linked to a pupil of a school that is not enrolled");
    else
      set(e, Presence::absent, "no pupil of an enrolled school names this responsable any more");
    if (!outside && has_loss && loss != Date()) absences_.losses_[e] = loss;
  }

  const Population& population_;
  const Matched& matched_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  const Registry& registry_;
  const std::vector<bool>& is_frozen_;
  Absences absences_;
  std::vector<EntryIndex> schools_;
  std::vector<std::string_view> pupils_;
};

Absences Absences::decide(const Population& population, const Matched& matched,
                          const DirectorySnapshot& snapshot, const Rules& rules,
                          const Registry& registry, const std::vector<bool>& is_frozen,
                          Rollover rollover) {
  return AbsenceJudge(population, matched, snapshot, rules, registry, is_frozen,
                      std::move(rollover))
      .run();
}

std::optional<Date> Absences::loss(EntryIndex entry) const {
  const auto found = losses_.find(entry);
  return found == losses_.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t Absences::count(Presence presence) const {
  return static_cast<std::uint64_t>(std::ranges::count(presence_, presence));
}

}  // namespace entsync
