#include "index_writer.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "schema.hpp"

namespace entsync {
namespace {

/// A group's row comes again with the next batch of the same run or attribute.
std::string insert_postings(int rows) {
  std::string sql = "INSERT OR IGNORE INTO posting VALUES(?, ?, ?)";
  for (int i = 1; i < rows; ++i) sql += ", (?, ?, ?)";
  return sql;
}

Result<void> insert(sqlite::Statement& statement, std::span<const Posting> rows) {
  statement.bind();
  int parameter = 0;
  for (const Posting& row : rows) {
    statement.bind_at(++parameter, row.block);
    statement.bind_at(++parameter, row.key);
    statement.bind_at(++parameter, row.at);
  }
  return statement.run();
}

}  // namespace

Result<IndexWriter> IndexWriter::prepare(sqlite::Database& database) {
  auto posting = database.prepare(insert_postings(1).c_str());
  if (!posting) return posting.error();
  auto eight = database.prepare(insert_postings(8).c_str());
  if (!eight) return eight.error();
  auto block = database.prepare(
      "INSERT INTO block VALUES(?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET "
      "earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)");
  if (!block) return block.error();
  auto outcome = database.prepare("INSERT INTO outcome VALUES(?1, ?2)");
  if (!outcome) return outcome.error();
  // A run of intents at once: row by row this would cost as much as the records themselves.
  auto open = database.prepare(
      "INSERT INTO open_intent SELECT seq FROM record WHERE seq BETWEEN ?1 AND ?2");
  if (!open) return open.error();
  auto close = database.prepare("DELETE FROM open_intent WHERE seq = ?1");
  if (!close) return close.error();
  return IndexWriter(database, {std::move(*posting), std::move(*eight), std::move(*block),
                                std::move(*outcome), std::move(*open), std::move(*close)});
}

Result<void> IndexWriter::add(const AuditRecord& record, std::int64_t time) {
  append_postings(record, postings_);
  const auto [at, inserted] = blocks_.try_emplace(block_of(record.seq), Span{time, time});
  if (!inserted) {
    at->second.earliest = std::min(at->second.earliest, time);
    at->second.latest = std::max(at->second.latest, time);
  }
  if (record.type == AuditType::intent) opened_.push_back(record.seq);
  if (record.type == AuditType::outcome) return close_intent(record);
  return {};
}

Result<void> IndexWriter::close_intent(const AuditRecord& outcome) {
  if (!opened_.empty())
    if (auto done = write_opened(); !done) return done;  // its intent may be of this batch
  std::int64_t closed = 0;
  if (outcome.intent_seq < outcome.seq) {
    if (auto done = do_.close.bind(outcome.intent_seq).run(); !done) return done;
    closed = database_->changed_rows();
  }
  if (closed == 1) return do_.outcome.bind(outcome.intent_seq, outcome.seq).run();
  return Problem{
      Severity::error,
      "JRN-006",
      {database_->file(), 0, "record " + std::to_string(outcome.intent_seq)},
      "an outcome was given for a record that is not an open intent; nothing was written",
      "this is a defect of entsync, or the journal's index is wrong: verify the journal"};
}

Result<void> IndexWriter::write_opened() {
  for (std::size_t i = 0; i < opened_.size();) {
    const std::uint64_t first = opened_[i];
    std::uint64_t last = first;
    while (++i < opened_.size() && opened_[i] == last + 1) ++last;
    if (auto done = do_.open.bind(first, last).run(); !done) return done;
  }
  opened_.clear();
  return {};
}

Result<void> IndexWriter::flush() {
  if (auto done = write_opened(); !done) return done;
  sort_unique(postings_);
  const std::size_t in_eights = postings_.size() - postings_.size() % 8;
  for (std::size_t i = 0; i < in_eights; i += 8)
    if (auto done = insert(do_.eight_postings, {postings_.data() + i, 8}); !done) return done;
  for (std::size_t i = in_eights; i < postings_.size(); ++i)
    if (auto done = insert(do_.posting, {postings_.data() + i, 1}); !done) return done;
  for (const auto& [block, span] : blocks_)
    if (auto done = do_.block.bind(block, span.earliest, span.latest).run(); !done) return done;
  clear();
  return {};
}

void IndexWriter::clear() {
  opened_.clear();
  postings_.clear();
  blocks_.clear();
}

}  // namespace entsync
