#pragma once
/// The review list of the last whole run, and the decisions of people about it.

#include <string>
#include <vector>

#include "ledger.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class ReviewTable {
 public:
  /// `database` must outlive the object.
  explicit ReviewTable(sqlite::Database& database) : database_(database) {}

  Result<std::vector<OpenReview>> items();
  Result<void> set_items(const std::vector<ReviewItem>& items, const std::string& now);
  Result<std::vector<TakenDecision>> decisions();
  Result<void> decide(const std::vector<TakenDecision>& decisions);

 private:
  Result<void> read_candidates(OpenReview& review);
  Result<void> insert(const ReviewItem& item, const std::string& since);
  Result<void> run(const char* sql);

  sqlite::Database& database_;
};

}  // namespace entsync
