#include "rollover.hpp"

#include <algorithm>
#include <set>

namespace entsync {

Rollover Rollover::of(const Population& population, const DayWindows& windows) {
  std::vector<bool> is_open;
  for (FeedIndex f = 0; f < population.feed_count(); ++f) {
    const Feed& feed = population.feed(f);
    is_open.push_back(is_inside(windows, feed.academie(), feed.date()));
  }
  Rollover rollover;
  if (std::ranges::none_of(is_open, [](bool open) { return open; })) return rollover;

  std::set<std::pair<EcoleIndex, FeedIndex>> released;
  for (const Person& person : population.persons()) {
    if (person.profil != Profil::eleve || !is_open[person.feed]) continue;
    for (const ClasseIndex c : population.classes_of(person))
      if (const ClasseNode& classe = population.classes()[c]; !classe.regroupement)
        released.emplace(classe.ecole, person.feed);
  }
  for (EcoleIndex e = 0; e < population.ecoles().size(); ++e)
    for (const FeedIndex f : population.ecoles()[e].feeds)
      if (is_open[f] && !released.contains({e, f})) rollover.waiting_.emplace_back(e, f);
  std::ranges::sort(rollover.waiting_);
  return rollover;
}

bool Rollover::is_waiting(EcoleIndex ecole, FeedIndex feed) const {
  return std::ranges::binary_search(waiting_, std::pair(ecole, feed));
}

}  // namespace entsync
