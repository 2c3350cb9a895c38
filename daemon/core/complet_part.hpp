#pragma once
/// The records of a part of a whole Complet, with the facts of all of it that a part cannot see:
/// its files and the records that were rejected. Only made against the CompletIndex that named the
/// records, when every one that was asked for was read: who is asked for and not in it is in no
/// record of the whole Complet. Population and absences take it like a CompletFeed; a Delta, a
/// partial Complet or a file that changed meanwhile has no way to become one.

#include <set>

#include "complet_index.hpp"

namespace entsync {

class CompletPart {
 public:
  /// `wanted` are keys that the index has; `feed` is its outline with their records.
  static Result<CompletPart> verify(Feed&& feed, const CompletIndex& index,
                                    const std::set<RecordKey>& wanted);

  [[nodiscard]] const Feed& feed() const { return feed_; }

 private:
  explicit CompletPart(Feed&& feed) : feed_(std::move(feed)) {}
  Feed feed_;
};

}  // namespace entsync
