#pragma once
/// Merges refusals that repeat, so that a client that asks in a loop cannot fill the journal: the
/// first of a caller and an endpoint is told at once, those that follow are counted and told
/// together, once in each period. Time is given, not read. What is kept is bounded by the callers
/// and endpoints that exist: whoever is silent for a period is forgotten.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/callbacks.hpp"

namespace entsync::control {

class RefusalTally {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Merged {
    Refusal last;
    std::uint64_t count = 0;  ///< after the one that was told
  };
  explicit RefusalTally(std::chrono::milliseconds period) : period_(period) {}

  /// Whether this one is to be told at once.
  bool is_first(const Refusal& refusal, Time now);
  /// What has been counted for a period.
  std::vector<Merged> take_due(Time now);
  /// What has been counted so far.
  std::vector<Merged> take_all();
  /// Whether anything is remembered, so that take_due() has to be asked again.
  [[nodiscard]] bool empty() const { return kept_.empty(); }

 private:
  using Key = std::pair<std::string, std::string>;  ///< caller, endpoint
  struct Kept {
    Time since;
    Merged merged;
  };
  std::chrono::milliseconds period_;
  std::map<Key, Kept> kept_;
};

}  // namespace entsync::control
