#pragma once
/// The roll-over of the school year (*bascule*), school by school. Between two years a Complet has
/// schools whose classes are gone and whose pupils are not placed in new ones yet, or are not there
/// at all; it is whole, and still tells nothing about who left. Inside the roll-over window of its
/// académie such a school waits: nobody's departure is decided from it, and its classes are emptied
/// but stand. It is released by the first Complet that places one of its pupils in a class again.
///
/// Nothing is remembered from night to night: the Complet of the day says it, by its own date.

#include <string_view>
#include <utility>
#include <vector>

#include "day_window.hpp"
#include "population.hpp"

namespace entsync {

/// The rule of what waiting schools' classes lose: the judge takes it for no loss.
inline constexpr std::string_view rollover_rule = "entsync:rollover";

class Rollover {
 public:
  Rollover() = default;
  static Rollover of(const Population& population, const DayWindows& windows);

  /// Whether the feed describes the school, and it waits there.
  [[nodiscard]] bool is_waiting(EcoleIndex ecole, FeedIndex feed) const;

 private:
  std::vector<std::pair<EcoleIndex, FeedIndex>> waiting_;  ///< sorted
};

}  // namespace entsync
