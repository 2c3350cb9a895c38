#pragma once
/// The review list as people see it and decide on it: what the last whole run left alone because
/// nobody but a person can tell, and what was decided before. A decision is journaled before it is
/// kept and is carried out by the next run; it is about keys and entries, no name is shown.

#include <filesystem>
#include <string>
#include <vector>

#include "audit_trail.hpp"
#include "context.hpp"
#include "state/ledger.hpp"

namespace entsync {

struct ReviewList {
  std::vector<OpenReview> open;
  std::vector<TakenDecision> decisions;
};
/// All of it, or what concerns one key.
Result<ReviewList> read_reviews(const std::filesystem::path& state_directory,
                                const std::string& subject = {});

std::string render(const OpenReview& review);
std::string render(const TakenDecision& taken);

struct ReviewOrder {
  ReviewDecision::Kind kind = ReviewDecision::Kind::link;
  std::string subject;
  /// DN of a candidate. May be empty: the only one to be linked, all of them to be separated.
  std::string entry;
};
/// What was decided. Refused while a run is under way, and when the list does not have the key with
/// this candidate; what was decided before may be decided otherwise.
Result<std::vector<TakenDecision>> decide_review(Context& context, const ReviewOrder& order,
                                                 const Cause& cause);

}  // namespace entsync
