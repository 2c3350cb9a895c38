#include "control/refusal_tally.hpp"

namespace entsync::control {

bool RefusalTally::is_first(const Refusal& refusal, Time now) {
  const auto [kept, added] =
      kept_.try_emplace(Key(refusal.caller.actor(), refusal.verb), Kept{now, {refusal, 0}});
  if (added) return true;
  kept->second.merged.last = refusal;
  ++kept->second.merged.count;
  return false;
}

std::vector<RefusalTally::Merged> RefusalTally::take_due(Time now) {
  std::vector<Merged> due;
  for (auto kept = kept_.begin(); kept != kept_.end();) {
    Kept& one = kept->second;
    if (now - one.since < period_) {
      ++kept;
    } else if (one.merged.count == 0) {
      kept = kept_.erase(kept);
    } else {
      due.push_back(one.merged);
      one.merged.count = 0;
      one.since = now;
      ++kept;
    }
  }
  return due;
}

std::vector<RefusalTally::Merged> RefusalTally::take_all() {
  std::vector<Merged> all;
  for (const auto& [key, one] : kept_)
    if (one.merged.count > 0) all.push_back(one.merged);
  kept_.clear();
  return all;
}

}  // namespace entsync::control
