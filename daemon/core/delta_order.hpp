#pragma once
/// Whether a Delta is the next one of a chain. AAF numbers nothing: all that tells the order of
/// deliveries is their day, so a gap is a distance in days that is longer than the académie's
/// rhythm. What does not follow is refused until the next Complet.

#include "feed.hpp"

namespace entsync {

struct ChainLimits {
  /// Longest distance in days between a delivery and the Delta that follows it; académies push
  /// every night (aaf-format §1.5).
  unsigned gap_days = 1;
  /// Longest distance in days between the Complet and the last Delta. What Deltas lose is only
  /// found by the next Complet.
  unsigned chain_days = 31;
  bool operator==(const ChainLimits&) const = default;
};

/// Why `delta` does not follow `behind`: of its day already (AAF-069), older (AAF-070), after a gap
/// (AAF-071), too long after the Complet (AAF-072), or with the very bytes of an earlier Delta
/// (AAF-069).
std::optional<Problem> why_not_next(const CompletFeed& behind, const Feed& delta,
                                    const ChainLimits& limits);

/// Whether a chain goes on from what was applied: its last delivery is not older (AAF-026), and the
/// one that was applied last is part of it unless its Complet is of that day or later (AAF-071).
void check_continues(const CompletFeed& whole, Date last_applied, Problems& problems);

/// What every refusal of a Delta tells the reader to do.
inline constexpr const char* wait_for_complet =
    "wait for the next Complet, or ask the académie for one; until then the directory stays as the "
    "last accepted delivery says";

}  // namespace entsync
