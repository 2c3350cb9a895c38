#pragma once
/// What a Complet says after the Deltas that follow it: one Delta at a time is folded into the
/// whole, which stays what a Complet is – every object that the académie describes, each value with
/// the file, line and byte that it came from. The rules are aaf-format §2.2–2.4:
///
/// addRequest     the whole state of an object, known before or not.
/// modifyRequest  each attribute that it names gets the values that stand there, none when they
///                are empty; the others keep theirs. For an object that nothing describes it leaves
///                that object unknown (AAF-074).
/// deleteRequest  the object is described no more, as if the Complet of that day lacked it. For one
///                that nothing describes it says nothing new (AAF-076).
///
/// Requests for one object follow each other in the order of their file; parts have no order, so
/// different requests in two files leave their object unknown (AAF-075). So does a request that
/// cannot be used, whatever other requests of the Delta say of its object. Unknown is what a
/// rejected record is in a Complet: neither described nor absent, until a later delivery describes
/// the object whole or deletes it.
///
/// Nobody becomes absent because a Delta does not name him.

#include "delta_order.hpp"
#include "feed.hpp"

namespace entsync {

/// What is expected of a Delta, beside following its chain.
struct ExpectedDelta {
  std::string label;  ///< as CompletFeed::Expected::label
  std::optional<FeedAttribute> academie_label;
  std::optional<Date> latest;  ///< as CompletFeed::Expected::latest
  ChainLimits limits;
};

/// `behind` with the Delta folded in. Refused, with all reasons: what is no whole Delta of the same
/// académie, does not follow (why_not_next()), changes or deletes objects none of which is known
/// (AAF-073), or leaves a category without any record (AAF-021). `findings` are notes.
Result<CompletFeed> fold_delta(CompletFeed&& behind, const Feed& delta,
                               const ExpectedDelta& expected, Problems& findings);

}  // namespace entsync
