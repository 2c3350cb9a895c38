#include "rectification_sights.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace entsync {
namespace {

class Looker {
 public:
  Looker(const PlannerInput& input, const Deriver& deriver, const ContestedDigest& digest)
      : in_(input), deriver_(deriver.another()), digest_(digest) {
    deriver_.on_invalid = [this](FeedIndex, const InvalidValue& value) {
      is_invalid_ |= value.attribute == looked_at_;
    };
  }

  RectificationSight look(const Rectification& ticket, PersonIndex p) {
    RectificationSight sight;
    sight.number = ticket.number;
    if (p == no_index) return sight;
    const Person& person = in_.population.persons()[p];
    const EntryIndex entry = in_.matched.entry_of(p);
    // Nothing is derived for who objected or died: no account is made of the record.
    if (in_.matched.registered_person(p) != nullptr && entry == no_entry) return sight;
    looked_at_ = in_.rules.target.find(ticket.attribute);
    if (looked_at_ == TargetVocabulary::npos) return sight;
    is_invalid_ = false;
    deriver_.derive(p, desired_, Deriver::Extent::enforced);
    for (const DesiredAttribute& wanted : desired_.attributes)
      if (wanted.attribute == looked_at_) take_delivered(ticket, person, wanted, sight);
    if (entry != no_entry) take_held(ticket, entry, sight);
    return sight;
  }

 private:
  void take_delivered(const Rectification& ticket, const Person& person,
                      const DesiredAttribute& wanted, RectificationSight& sight) {
    // A value that cannot be read may be the contested one.
    sight.is_delivered = !wanted.incomplete && !is_invalid_;
    for (const EcoleIndex school : in_.population.ecoles_of(person))
      sight.schools.push_back(in_.population.ecoles()[school].uai.str());
    SourcePosition position = person.record.position();
    bool is_contested = false;
    for (const DesiredValue& value : desired_.values_of(wanted)) {
      sight.delivered.push_back(digest_(ticket, value.text));
      if (is_contested || !value.position.known()) continue;
      is_contested = sight.delivered.back() == ticket.contested;
      if (is_contested || sight.delivered.size() == 1) position = value.position;
    }
    const Feed& feed = in_.population.feed(person.feed);
    if (position.known())
      sight.place = {std::string(feed.files()[position.file].name), position.line, feed.date()};
  }

  void take_held(const Rectification& ticket, EntryIndex entry, RectificationSight& sight) {
    sight.is_held = true;
    in_.snapshot.entry(entry).values_of(looked_at_, held_);
    for (const std::string_view value : held_) sight.held.push_back(digest_(ticket, value));
  }

  PlannerInput in_;
  Deriver deriver_;
  const ContestedDigest& digest_;
  DesiredEntry desired_;
  TargetAttribute looked_at_ = TargetVocabulary::npos;
  bool is_invalid_ = false;
  std::vector<std::string_view> held_;
};

using PersonsByKey = boost::unordered_flat_map<std::string_view, PersonIndex>;

/// "AC-X/Eleve/123" → "123".
std::string_view id_of(std::string_view subject) {
  return subject.substr(subject.rfind('/') + 1);
}

using Ids = boost::unordered_flat_set<std::string_view>;

void find_by_record(const PlannerInput& in, const Ids& ids, PersonsByKey& wanted) {
  for (PersonIndex p = 0; p < in.population.persons().size(); ++p) {
    const Person& person = in.population.persons()[p];
    if (!ids.contains(person.record.id())) continue;
    if (const auto found = wanted.find(subject_key(in.population, person)); found != wanted.end())
      found->second = p;
  }
}

/// Those whose key no delivery has, by their entry.
void find_by_entry(const PlannerInput& in, const Ids& ids, PersonsByKey& wanted) {
  if (std::ranges::none_of(wanted, [](const auto& one) { return one.second == no_index; })) return;
  for (EntryIndex e = 0; e < in.snapshot.size(); ++e) {
    if (in.snapshot.entry(e).branch() != Branch::people ||
        in.matched.status(e) != EntryStatus::matched)
      continue;
    for (const auto& [_, key] : in.matched.keys_of(e)) {
      if (!ids.contains(key.id)) continue;
      const Jointure jointure{in.population.feed(key.feed).academie(), key.category,
                              std::string(key.id)};
      const auto found = wanted.find(jointure.str());
      if (found != wanted.end() && found->second == no_index)
        found->second = in.matched.subject_of(e);
    }
  }
}

}  // namespace

std::vector<RectificationSight> see_rectifications(const PlannerInput& input,
                                                   const Deriver& deriver,
                                                   const std::vector<Rectification>& tickets,
                                                   const ContestedDigest& digest) {
  std::vector<RectificationSight> sights;
  if (tickets.empty()) return sights;
  PersonsByKey persons;
  Ids ids;
  for (const Rectification& ticket : tickets) {
    persons.emplace(ticket.subject, no_index);
    ids.insert(id_of(ticket.subject));
  }
  find_by_record(input, ids, persons);
  find_by_entry(input, ids, persons);
  Looker looker(input, deriver, digest);
  for (const Rectification& ticket : tickets)
    sights.push_back(looker.look(ticket, persons.at(ticket.subject)));
  return sights;
}

}  // namespace entsync
