#pragma once
/// Reads records of the journal by number, each with its place in the messages when it cannot be
/// read.

#include <cstdint>
#include <optional>

#include "chain.hpp"
#include "core/audit_record.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// The end of the chain; seq 0 and zeros when the journal is empty.
struct ChainHead {
  std::uint64_t seq = 0;
  ChainHash hash{};
  bool operator==(const ChainHead&) const = default;
};

class RecordReader {
 public:
  static Result<RecordReader> prepare(sqlite::Database& database);

  /// The record with this number, nothing when there is none. JRN-008 when its bytes are not its
  /// own.
  Result<std::optional<AuditRecord>> read(std::uint64_t seq);
  /// The outcome of the intent `seq`, nothing while it is open. JRN-009 when the index names a
  /// record that is not it.
  Result<std::optional<AuditRecord>> outcome_of(std::uint64_t seq);
  /// A record that the index speaks of: JRN-009 when it is not there.
  Result<AuditRecord> read_indexed(std::uint64_t seq);

 private:
  RecordReader(sqlite::Statement record, sqlite::Statement outcome, std::string file);

  sqlite::Statement record_;
  sqlite::Statement outcome_;
  std::string file_;
};

/// Number and hash of the last record.
Result<ChainHead> read_head(sqlite::Database& database);

/// The last record that the derived tables are sure to speak of; more than the head's number means
/// that the end of the journal was cut off. Constant time.
Result<std::uint64_t> last_indexed(sqlite::Database& database);

/// The head, after checking that the last record is canonical, has its number and follows from the
/// one before (JRN-004), and that the index knows of none after it (JRN-005). Constant time.
Result<ChainHead> read_checked_head(sqlite::Database& database);

}  // namespace entsync
