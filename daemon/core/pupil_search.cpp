#include "pupil_search.hpp"

#include <algorithm>
#include <tuple>

#include "text.hpp"

namespace entsync {
namespace {

std::string comparable_ine(std::string_view ine) {
  return ascii_lower(trim(ine));
}

/// Accents and hyphens are no difference; a name that has no Latin letter is compared as it is.
std::string comparable_name(std::string_view name) {
  std::string letters = ascii_letters(name);
  return letters.empty() ? case_fold(name) : letters;
}

std::string name_key(std::string_view birth, std::string_view nom, std::string_view prenom) {
  if (trim(birth).empty() || trim(nom).empty() || trim(prenom).empty()) return {};
  return std::string(trim(birth)) + "\n" + comparable_name(nom) + "\n" + comparable_name(prenom);
}

/// Where a pupil's entry holds what decides.
struct Kept {
  TargetAttribute ine, birth, nom, prenom;
};

bool holds_anybody(const DirectorySnapshot& snapshot) {
  for (EntryIndex e = 0; e < snapshot.size(); ++e)
    if (snapshot.entry(e).branch() == Branch::people) return true;
  return false;
}

std::string_view first(const SnapshotEntry& entry, TargetAttribute attribute) {
  return attribute == TargetVocabulary::npos ? std::string_view() : entry.first(attribute);
}

}  // namespace

PupilSearch::PupilSearch(const Population& population, const Rules& rules)
    : population_(population), rules_(rules) {}

std::string_view PupilSearch::of_record(PersonIndex pupil, FeedAttribute attribute) const {
  return population_.persons()[pupil].record.first(attribute);
}

std::string PupilSearch::ine_of(PersonIndex pupil) const {
  return rules_.feed.ine ? comparable_ine(of_record(pupil, *rules_.feed.ine)) : std::string();
}

bool PupilSearch::are_one_pupil(PersonIndex a, PersonIndex b) const {
  const auto is_eleve = [&](PersonIndex p) {
    return population_.persons()[p].record.category() == Category::eleve;
  };
  if (!is_eleve(a) || !is_eleve(b)) return false;
  const std::string ine = ine_of(a);
  const std::string_view birth = trim(of_record(a, rules_.feed.date_naissance));
  return !ine.empty() && ine == ine_of(b) && !birth.empty() &&
         birth == trim(of_record(b, rules_.feed.date_naissance));
}

void PupilSearch::look_for(PersonIndex pupil) {
  pupils_.push_back(pupil);
}

void PupilSearch::run(const DirectorySnapshot& snapshot) {
  const auto& persons = population_.persons();
  std::ranges::sort(pupils_, [&](PersonIndex a, PersonIndex b) {
    if (persons[a].feed != persons[b].feed) return persons[a].feed < persons[b].feed;
    return precedes(persons[a].record.id(), persons[b].record.id());
  });
  const bool is_first_load = !holds_anybody(snapshot);  // names are folded for somebody's sake
  for (const PersonIndex p : pupils_) {
    if (std::string ine = ine_of(p); !ine.empty()) by_ine_[std::move(ine)].push_back(p);
    if (is_first_load) continue;
    std::string name = name_key(of_record(p, rules_.feed.date_naissance),
                                of_record(p, rules_.feed.nom), of_record(p, rules_.feed.prenom));
    if (name.empty()) continue;
    by_name_[std::move(name)].push_back(p);
    births_.insert(trim(of_record(p, rules_.feed.date_naissance)));
  }
  const Kept kept{
      rules_.feed.ine ? rules_.kept_in(Profil::eleve, *rules_.feed.ine) : TargetVocabulary::npos,
      rules_.kept_in(Profil::eleve, rules_.feed.date_naissance),
      rules_.kept_in(Profil::eleve, rules_.feed.nom),
      rules_.kept_in(Profil::eleve, rules_.feed.prenom)};
  for (EntryIndex e = 0; e < snapshot.size() && !pupils_.empty(); ++e) {
    const SnapshotEntry entry = snapshot.entry(e);
    if (entry.branch() != Branch::people) continue;
    const std::string ine = comparable_ine(first(entry, kept.ine));
    const std::string_view birth = trim(first(entry, kept.birth));
    if (const auto same = by_ine_.find(ine); !ine.empty() && same != by_ine_.end())
      for (const PersonIndex p : same->second) {
        const bool is_sure =
            !birth.empty() && birth == trim(of_record(p, rules_.feed.date_naissance));
        found_.push_back({p, {e, is_sure ? Likeness::ine_and_birth : Likeness::ine}});
      }
    if (!births_.contains(birth)) continue;
    const auto namesakes =
        by_name_.find(name_key(birth, first(entry, kept.nom), first(entry, kept.prenom)));
    if (namesakes == by_name_.end()) continue;
    for (const PersonIndex p : namesakes->second)
      if (ine.empty() || ine_of(p).empty()) found_.push_back({p, {e, Likeness::name_and_birth}});
  }
  std::ranges::sort(found_, {}, [](const auto& pair) {
    return std::tuple(pair.first, pair.second.likeness, pair.second.entry);
  });
}

std::vector<LikelyEntry> PupilSearch::entries_of(PersonIndex pupil) const {
  std::vector<LikelyEntry> list;
  auto next =
      std::ranges::lower_bound(found_, pupil, {}, [](const auto& pair) { return pair.first; });
  for (; next != found_.end() && next->first == pupil; ++next) list.push_back(next->second);
  return list;
}

PersonIndex PupilSearch::first_with_ine_of(PersonIndex pupil) const {
  const auto same = by_ine_.find(ine_of(pupil));
  return same == by_ine_.end() ? pupil : same->second.front();
}

}  // namespace entsync
