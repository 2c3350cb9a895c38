#pragma once
/// The writing end of the journal: numbers records, chains them, and makes a batch durable or
/// leaves no trace of it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chain.hpp"
#include "index_writer.hpp"
#include "records.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class Appender {
 public:
  /// Checks the end of the chain (JRN-004, JRN-005). `database` must outlive the appender.
  static Result<Appender> prepare(sqlite::Database& database);

  /// See Journal::append.
  Result<std::uint64_t> append(std::vector<AuditRecord> records);
  /// Makes the derived tables anew from the records.
  Result<void> rebuild_index();

 private:
  /// What is stored of a record, and its time in milliseconds.
  struct Row {
    std::int64_t time;
    std::string bytes;
    ChainHash hash;
  };
  Appender(sqlite::Database& database, ChainHead head, IndexWriter index, sqlite::Statement insert)
      : database_(&database), head_(head), index_(std::move(index)), insert_(std::move(insert)) {}

  /// Numbers the records and chains their rows to the head.
  Result<std::vector<Row>> make_rows(std::vector<AuditRecord>& records);
  Result<void> write(const std::vector<AuditRecord>& records, const std::vector<Row>& rows);
  Result<void> confirm_head();
  Result<void> index_all_records();

  sqlite::Database* database_;
  /// Empty after a failed write: whether the commit reached the disk is then read from the disk.
  std::optional<ChainHead> head_;
  ChainHasher hasher_;
  IndexWriter index_;
  sqlite::Statement insert_;
};

}  // namespace entsync
