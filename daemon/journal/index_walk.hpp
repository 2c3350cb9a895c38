#pragma once
/// Compares the derived tables of a journal with its records, block by block and in both
/// directions: a row too few would hide a record, a row too many would mislead.

#include <cstdint>
#include <set>
#include <vector>

#include "core/audit_record.hpp"
#include "finding.hpp"
#include "postings.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class IndexWalk {
 public:
  /// `base`: the last record that is not there any more.
  static Result<IndexWalk> prepare(sqlite::Database& database, std::uint64_t base);

  /// The next record, in order; its time can be read.
  Result<Finding> take(const AuditRecord& record);
  /// After the last record.
  Result<Finding> finish(const std::set<std::uint64_t>& open_intents);

 private:
  explicit IndexWalk(std::uint64_t base) : base_(base), last_(base) {}
  Result<Finding> check_outcome(const AuditRecord& outcome);
  Result<Finding> end_block();
  Result<Finding> compare_postings(std::uint64_t block);
  Result<Finding> compare_span(std::uint64_t block);
  Result<Finding> compare_counts();
  Result<Finding> compare_open(const std::set<std::uint64_t>& open_intents);

  sqlite::Statement postings_, block_, outcome_, open_, beyond_, blocks_, outcomes_;
  std::vector<Posting> expected_;
  std::int64_t earliest_ = 0;
  std::int64_t latest_ = 0;
  bool fresh_block_ = true;
  std::uint64_t base_;
  std::uint64_t last_;
  std::int64_t outcome_count_ = 0;
};

}  // namespace entsync
