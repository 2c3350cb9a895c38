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
#include "value_vault.hpp"

namespace entsync {

class Appender {
 public:
  /// Checks the end of the chain (JRN-004, JRN-005). `database` must outlive the appender.
  /// `vault` may be null: records are then kept as they are.
  static Result<Appender> prepare(sqlite::Database& database, ValueVault* vault);

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
    std::string vaulted;  ///< empty: nothing
  };
  Appender(sqlite::Database& database, ValueVault* vault, ChainHead head, IndexWriter index,
           sqlite::Statement insert, sqlite::Statement insert_vaulted)
      : database_(&database),
        vault_(vault),
        head_(head),
        index_(std::move(index)),
        insert_(std::move(insert)),
        insert_vaulted_(std::move(insert_vaulted)) {}

  Result<void> certify(std::vector<AuditRecord>& records);
  /// Numbers the records and chains their rows to the head.
  Result<std::vector<Row>> make_rows(std::vector<AuditRecord>& records);
  Result<void> write(const std::vector<AuditRecord>& records, const std::vector<Row>& rows);
  Result<void> write_one(const AuditRecord& record, const Row& row);
  /// Of records that say so: what reached its term.
  Result<void> remove_vaulted(const AuditRecord& record);
  Result<void> confirm_head();
  Result<void> index_all_records();

  sqlite::Database* database_;
  ValueVault* vault_;
  /// Empty after a failed write: whether the commit reached the disk is then read from the disk.
  std::optional<ChainHead> head_;
  ChainHasher hasher_;
  IndexWriter index_;
  sqlite::Statement insert_;
  sqlite::Statement insert_vaulted_;
};

}  // namespace entsync
