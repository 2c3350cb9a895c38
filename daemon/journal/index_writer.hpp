#pragma once
/// Keeps the derived tables of the journal in step with its records, inside the caller's
/// transaction.

#include <cstdint>
#include <map>
#include <vector>

#include "core/audit_record.hpp"
#include "postings.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class IndexWriter {
 public:
  static Result<IndexWriter> prepare(sqlite::Database& database);

  /// Takes note of a record that is in the table already, in order of numbers. JRN-006 when it is
  /// an outcome of something that is not an open intent. `time` is the record's instant in
  /// milliseconds.
  Result<void> add(const AuditRecord& record, std::int64_t time);
  /// Writes what `add` collected; to be called before the commit.
  Result<void> flush();
  /// Forgets what was collected, after a failure.
  void clear();

 private:
  struct Span {
    std::int64_t earliest;
    std::int64_t latest;
  };
  struct Statements {
    sqlite::Statement posting, eight_postings, block, outcome, open, close;
  };
  IndexWriter(sqlite::Database& database, Statements statements)
      : database_(&database), do_(std::move(statements)) {}
  Result<void> close_intent(const AuditRecord& outcome);
  Result<void> write_opened();

  sqlite::Database* database_;
  Statements do_;
  std::vector<std::uint64_t> opened_;  ///< intents not yet in open_intent
  std::vector<Posting> postings_;
  std::map<std::uint64_t, Span> blocks_;
};

}  // namespace entsync
