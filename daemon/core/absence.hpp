#pragma once
/// Who has left. Somebody who objected or died is absent because the registers say so; any other
/// departure is only inferred from a whole Complet and only where the data that
/// would show the person is known to be complete: the person's school is in the delivery and does
/// not wait for the roll-over of the school year, and no record that might have been his was
/// rejected. Everybody else who is missing is unknown, and left alone.

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "match.hpp"
#include "registry.hpp"
#include "rollover.hpp"

namespace entsync {

enum class Presence : std::uint8_t {
  present,  ///< matched, or not ours to judge (foreign, ambiguous)
  absent,   ///< certainly not in the whole Complet any more
  unknown,  ///< missing, but the data that would tell is not complete
  outside,  ///< of a school that is not enrolled: ignored
};

/// The directory entries of the schools that an entry of a person is linked to, each once.
void schools_of_entry(const SnapshotEntry& entry, const DirectorySnapshot& snapshot,
                      const Rules& rules, std::vector<EntryIndex>& out);

class Absences {
 public:
  /// `is_frozen` tells for each feed whether nobody may become absent today.
  static Absences decide(const Population& population, const Matched& matched,
                         const DirectorySnapshot& snapshot, const Rules& rules,
                         const Registry& registry, const std::vector<bool>& is_frozen,
                         Rollover rollover);

  [[nodiscard]] Presence presence(EntryIndex entry) const { return presence_[entry]; }
  /// Why an entry is absent or unknown, in one sentence without personal data.
  [[nodiscard]] std::string_view reason(EntryIndex entry) const { return reason_[entry]; }
  /// The day of the loss of entitlement where it is another than that of the delivery: that on
  /// which the agreement of the school was ended, or which requests name.
  [[nodiscard]] std::optional<Date> loss(EntryIndex entry) const;
  /// Whether he is absent because a link of requests ended that alone placed him in a school.
  [[nodiscard]] bool is_end_of_link(EntryIndex entry) const {
    return ends_of_links_.contains(entry);
  }
  [[nodiscard]] std::uint64_t count(Presence presence) const;
  [[nodiscard]] const Rollover& rollover() const { return rollover_; }
  /// Schools from which somebody would be absent, did they not wait for the roll-over; each once,
  /// in order.
  [[nodiscard]] const std::vector<EcoleIndex>& waiting_schools() const { return waiting_schools_; }

 private:
  friend class AbsenceJudge;
  std::vector<Presence> presence_;
  std::vector<std::string_view> reason_;  ///< of string literals
  boost::unordered_flat_map<EntryIndex, Date> losses_;
  boost::unordered_flat_set<EntryIndex> ends_of_links_;
  Rollover rollover_;
  std::vector<EcoleIndex> waiting_schools_;
};

}  // namespace entsync
