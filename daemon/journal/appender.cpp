#include "appender.hpp"

#include "base.hpp"
#include "instant.hpp"
#include "removal.hpp"
#include "schema.hpp"

namespace entsync {
namespace {

bool is_known(AuditType type) {
  return type >= AuditType::run_started && type <= AuditType::rectification;
}

/// Why a record may not be appended; empty when it may.
std::string refusal(const AuditRecord& record, const std::string& bytes, bool has_time) {
  if (!is_known(record.type)) return "its type is unknown";
  if (!has_time) return "its time is not an RFC 3339 date-time";
  if (bytes.size() > max_audit_record_bytes)
    return "it has " + std::to_string(bytes.size()) + " bytes, more than can be read back";
  if (record.attributes.size() > max_audit_attributes) return "it has too many attributes";
  return {};
}

}  // namespace

Result<Appender> Appender::prepare(sqlite::Database& database, ValueVault* vault) {
  const auto head = read_checked_head(database);
  if (!head) return head.error();
  auto index = IndexWriter::prepare(database);
  if (!index) return index.error();
  auto insert = database.prepare("INSERT INTO record VALUES(?1, ?2, ?3)");
  if (!insert) return insert.error();
  auto vaulted = database.prepare("INSERT INTO vaulted VALUES(?1, ?2)");
  if (!vaulted) return vaulted.error();
  return Appender(database, vault, *head, std::move(*index), std::move(*insert),
                  std::move(*vaulted));
}

Result<std::uint64_t> Appender::append(std::vector<AuditRecord> records) {
  if (!head_) {
    const auto head = read_checked_head(*database_);
    if (!head) return head.error();
    head_ = *head;
  }
  const std::uint64_t first = head_->seq + 1;
  if (records.empty()) return first;
  if (auto certified = certify(records); !certified) return certified.error();
  const auto rows = make_rows(records);
  if (!rows) return rows.error();
  if (const auto done = write(records, *rows); !done) {
    head_.reset();
    index_.clear();
    return done.error();
  }
  head_ = ChainHead{records.back().seq, rows->back().hash};
  return first;
}

/// The records that say that others were removed get the hash from which the rest is verified.
Result<void> Appender::certify(std::vector<AuditRecord>& records) {
  for (AuditRecord& record : records) {
    if (record.type != AuditType::records_removed) continue;
    const auto until = removable_until(*database_, record.removed_until);
    if (!until) return until.error();
    auto hash = database_->prepare("SELECT hash FROM record WHERE seq = ?1");
    if (!hash) return hash.error();
    const auto row = hash->bind(record.removed_until).step();
    if (!row) return row.error();
    if (*until != record.removed_until || !*row)
      return Problem{Severity::error,
                     "JRN-015",
                     {database_->file(), 0, "record " + std::to_string(record.removed_until)},
                     "the records up to this one may not be removed; nothing was",
                     "this is a defect of entsync"};
    record.removed_head = hash->blob(0);
  }
  return {};
}

Result<std::vector<Appender::Row>> Appender::make_rows(std::vector<AuditRecord>& records) {
  std::vector<std::string> vaulted(records.size());
  if (vault_ != nullptr) {
    auto put = vault_->put(records);
    if (!put) return put.error();
    vaulted = std::move(*put);
  }
  std::vector<Row> rows;
  rows.reserve(records.size());
  ChainHead head = *head_;
  for (AuditRecord& record : records) {
    record.seq = ++head.seq;
    const auto time = instant_milliseconds(record.time);
    Row row{time.value_or(0), encode(record), {}, std::move(vaulted[rows.size()])};
    if (const std::string why = refusal(record, row.bytes, time.has_value()); !why.empty())
      return Problem{Severity::error,
                     "JRN-001",
                     {database_->file(), 0, "record " + std::to_string(head.seq)},
                     "a record cannot be journaled: " + why + "; nothing was written",
                     "this is a defect of entsync"};
    row.hash = head.hash = hasher_.next(head.hash, row.bytes);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> Appender::write(const std::vector<AuditRecord>& records,
                             const std::vector<Row>& rows) {
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  if (auto same = confirm_head(); !same) return same;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (auto done = write_one(records[i], rows[i]); !done) return done;
  if (auto done = index_.flush(); !done) return done;
  return transaction->commit();
}

Result<void> Appender::write_one(const AuditRecord& record, const Row& row) {
  insert_.bind(record.seq, sqlite::Blob{row.bytes}, sqlite::Blob{bytes_of(row.hash)});
  if (auto done = insert_.run(); !done) return done;
  if (!row.vaulted.empty()) {
    insert_vaulted_.bind(record.seq, sqlite::Blob{row.vaulted});
    if (auto done = insert_vaulted_.run(); !done) return done;
  }
  if (record.type == AuditType::values_removed)
    if (auto done = remove_vaulted(record); !done) return done;
  if (record.type == AuditType::records_removed)
    if (auto done = remove_records(*database_, record.removed_until); !done) return done;
  return index_.add(record, row.time);
}

Result<void> Appender::remove_vaulted(const AuditRecord& record) {
  auto remove = database_->prepare("DELETE FROM vaulted WHERE seq <= ?1");
  if (!remove) return remove.error();
  return remove->bind(record.vaulted_until).run();
}

Result<void> Appender::confirm_head() {
  const auto found = read_head(*database_);
  if (!found) return found.error();
  if (*found == *head_) return {};
  return Problem{Severity::error,
                 "JRN-007",
                 {database_->file(), 0, "record " + std::to_string(found->seq)},
                 "the journal does not end where this process left it (record " +
                     std::to_string(head_->seq) + "): another program changed it",
                 "find out which program opened the file; verify the journal"};
}

Result<void> Appender::rebuild_index() {
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  auto done = index_all_records();
  index_.clear();
  if (!done) return done;
  return transaction->commit();
}

Result<void> Appender::index_all_records() {
  for (const char* sql : {"DELETE FROM posting", "DELETE FROM block", "DELETE FROM outcome",
                          "DELETE FROM open_intent"})
    if (auto done = database_->execute(sql); !done) return done;
  auto reader = RecordReader::prepare(*database_);
  if (!reader) return reader.error();
  const auto head = read_head(*database_);
  if (!head) return head.error();
  const auto base = read_base(*database_);
  if (!base) return base.error();
  for (std::uint64_t seq = base->seq + 1; seq <= head->seq; ++seq) {
    const auto record = reader->read_indexed(seq);
    if (!record) return record.error();
    const auto time = instant_milliseconds(record->time);
    if (auto done = index_.add(*record, time.value_or(0)); !done) return done;
    if (seq % block_records != 0 && seq != head->seq) continue;
    if (auto done = index_.flush(); !done) return done;
  }
  return {};
}

}  // namespace entsync
