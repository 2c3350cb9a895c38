#include "records.hpp"

#include <algorithm>
#include <string>

#include "schema.hpp"

namespace entsync {
namespace {

constexpr const char* advice = "verify the journal; restore it from a backup if it was damaged";

Problem unreadable(const std::string& file, std::uint64_t seq, const std::string& why) {
  return {Severity::error, "JRN-008", {file, 0, "record " + std::to_string(seq)}, why, advice};
}

Problem misled(const std::string& file, std::uint64_t seq) {
  return {Severity::error,
          "JRN-009",
          {file, 0, "record " + std::to_string(seq)},
          "the index names this record for something that it is not, or it does not exist",
          "entsync audit verify; when the chain is whole, entsync audit rebuild-index makes the "
          "index anew"};
}

Problem broken_end(const std::string& file, std::uint64_t seq, const std::string& why) {
  return {
      Severity::error,
      "JRN-004",
      {file, 0, "record " + std::to_string(seq)},
      "the last record of the journal cannot be continued: " + why,
      "nothing is appended to a broken chain: verify the journal, keep the file, restore a backup"};
}

}  // namespace

RecordReader::RecordReader(sqlite::Statement record, sqlite::Statement outcome, std::string file)
    : record_(std::move(record)), outcome_(std::move(outcome)), file_(std::move(file)) {}

Result<RecordReader> RecordReader::prepare(sqlite::Database& database) {
  auto record = database.prepare("SELECT bytes FROM record WHERE seq = ?1");
  if (!record) return record.error();
  auto outcome = database.prepare("SELECT seq FROM outcome WHERE intent = ?1");
  if (!outcome) return outcome.error();
  return RecordReader(std::move(*record), std::move(*outcome), database.file());
}

Result<std::optional<AuditRecord>> RecordReader::read(std::uint64_t seq) {
  const auto row = record_.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<AuditRecord>();
  auto record = decode_audit_record(record_.blob(0));
  record_.reset();
  if (!record) return unreadable(file_, seq, record.error().list.front().what);
  if (record->seq != seq)
    return unreadable(file_, seq, "it carries number " + std::to_string(record->seq));
  return std::optional<AuditRecord>(std::move(*record));
}

Result<AuditRecord> RecordReader::read_indexed(std::uint64_t seq) {
  auto record = read(seq);
  if (!record) return record.error();
  if (!*record) return misled(file_, seq);
  return std::move(**record);
}

Result<std::optional<AuditRecord>> RecordReader::outcome_of(std::uint64_t seq) {
  const auto row = outcome_.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<AuditRecord>();
  const auto at = static_cast<std::uint64_t>(outcome_.integer(0));
  outcome_.reset();
  auto record = read_indexed(at);
  if (!record) return record.error();
  if (record->type != AuditType::outcome || record->intent_seq != seq) return misled(file_, at);
  return std::optional<AuditRecord>(std::move(*record));
}

Result<ChainHead> read_head(sqlite::Database& database) {
  auto select = database.prepare("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return ChainHead{};
  const auto seq = static_cast<std::uint64_t>(select->integer(0));
  const auto hash = chain_hash_from(select->blob(1));
  if (!hash) return broken_end(database.file(), seq, "its hash has not 32 bytes");
  return ChainHead{seq, *hash};
}

Result<std::uint64_t> last_indexed(sqlite::Database& database) {
  auto select = database.prepare(
      "SELECT max(coalesce((SELECT max(seq) FROM open_intent), 0),"
      " coalesce((SELECT seq FROM outcome ORDER BY intent DESC LIMIT 1), 0),"
      " coalesce((SELECT max(id) * ?1 + 1 FROM block), 0))");
  if (!select) return select.error();
  const auto row = select->bind(block_records).step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(select->integer(0), 0));
}

Result<ChainHead> read_checked_head(sqlite::Database& database) {
  const std::string& file = database.file();
  const auto head = read_head(database);
  if (!head) return head;
  const auto indexed = last_indexed(database);
  if (!indexed) return indexed.error();
  if (*indexed > head->seq)
    return Problem{Severity::error,
                   "JRN-005",
                   {file, 0, "record " + std::to_string(head->seq)},
                   "the journal ends here, but its index knows record " + std::to_string(*indexed) +
                       ": its end was cut off",
                   "find out who changed the file, keep it, restore a backup"};
  if (head->seq == 0) return head;

  auto select = database.prepare(
      "SELECT bytes, coalesce((SELECT hash FROM record WHERE seq = ?1 - 1), (SELECT hash FROM base "
      "WHERE seq = ?1 - 1)) FROM record WHERE seq = ?1");
  if (!select) return select.error();
  const auto row = select->bind(head->seq).step();
  if (!row) return row.error();
  const std::string_view bytes = select->blob(0);
  const auto record = decode_audit_record(bytes);
  if (!record) return broken_end(file, head->seq, record.error().list.front().what);
  if (record->seq != head->seq)
    return broken_end(file, head->seq, "it carries number " + std::to_string(record->seq));
  const auto previous = head->seq == 1 ? ChainHash{} : chain_hash_from(select->blob(1));
  if (!previous) return broken_end(file, head->seq, "the record before it is missing");
  if (ChainHasher().next(*previous, bytes) != head->hash)
    return broken_end(file, head->seq, "its hash does not follow from it and the hash before");
  return head;
}

}  // namespace entsync
