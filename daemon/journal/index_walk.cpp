#include "index_walk.hpp"

#include <algorithm>
#include <string>

#include "instant.hpp"
#include "schema.hpp"

namespace entsync {
namespace {

constexpr const char* index_advice = "; the chain up to there is whole: rebuild the index";

Fault index_fault(const Posting& row, bool too_many) {
  const std::uint64_t seq = first_of_block(row.block) + std::min(row.at, block_records - 1);
  return {FaultKind::index, seq,
          "the index " + std::string(too_many ? "says too much" : "lacks a key") + " of " +
              numbered(seq) + " (or of a record shortly after)" + index_advice};
}

Result<std::int64_t> count(sqlite::Statement& statement) {
  const auto row = statement.step();
  if (!row) return row.error();
  const std::int64_t n = statement.integer(0);
  statement.reset();
  return n;
}

}  // namespace

Result<IndexWalk> IndexWalk::prepare(sqlite::Database& database, std::uint64_t base) {
  IndexWalk walk(base);
  for (const auto& [statement, sql] :
       {std::pair{&walk.postings_, "SELECT key, at FROM posting WHERE block = ?1 ORDER BY key, at"},
        std::pair{&walk.block_, "SELECT earliest, latest FROM block WHERE id = ?1"},
        std::pair{&walk.outcome_, "SELECT seq FROM outcome WHERE intent = ?1"},
        std::pair{&walk.open_, "SELECT seq FROM open_intent ORDER BY seq"},
        std::pair{&walk.beyond_, "SELECT count(*) FROM posting WHERE block < ?1 OR block > ?2"},
        std::pair{&walk.blocks_, "SELECT count(*) FROM block"},
        std::pair{&walk.outcomes_, "SELECT count(*) FROM outcome"}}) {
    auto prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return walk;
}

Result<Finding> IndexWalk::take(const AuditRecord& record) {
  append_postings(record, expected_);
  const std::int64_t time = *instant_milliseconds(record.time);
  earliest_ = fresh_block_ ? time : std::min(earliest_, time);
  latest_ = fresh_block_ ? time : std::max(latest_, time);
  fresh_block_ = false;
  last_ = record.seq;
  if (record.type == AuditType::outcome) {
    auto fault = check_outcome(record);
    if (!fault || *fault) return fault;
  }
  if (record.seq % block_records != 0) return Finding();
  return end_block();
}

Result<Finding> IndexWalk::check_outcome(const AuditRecord& outcome) {
  ++outcome_count_;
  const auto row = outcome_.bind(outcome.intent_seq).step();
  if (!row) return row.error();
  if (*row && outcome_.integer(0) == static_cast<std::int64_t>(outcome.seq)) return Finding();
  return Finding(Fault{FaultKind::index, outcome.seq,
                       "the index does not know that " + numbered(outcome.seq) +
                           " is the outcome of " + numbered(outcome.intent_seq) + index_advice});
}

Result<Finding> IndexWalk::finish(const std::set<std::uint64_t>& open_intents) {
  if (!fresh_block_) {
    auto fault = end_block();
    if (!fault || *fault) return fault;
  }
  auto fault = compare_counts();
  if (!fault || *fault) return fault;
  return compare_open(open_intents);
}

Result<Finding> IndexWalk::end_block() {
  const std::uint64_t block = block_of(last_);
  sort_unique(expected_);
  auto fault = compare_postings(block);
  if (fault && !*fault) fault = compare_span(block);
  expected_.clear();
  fresh_block_ = true;
  return fault;
}

/// Both lists are in order: the first difference is a row too few or too many.
Result<Finding> IndexWalk::compare_postings(std::uint64_t block) {
  auto expected = expected_.begin();
  postings_.bind(block);
  for (;;) {
    const auto row = postings_.step();
    if (!row) return row.error();
    if (!*row) break;
    const Posting found{block, postings_.integer(0),
                        static_cast<std::uint64_t>(postings_.integer(1))};
    if (expected == expected_.end() || found < *expected) return Finding(index_fault(found, true));
    if (found != *expected) return Finding(index_fault(*expected, false));
    ++expected;
  }
  if (expected != expected_.end()) return Finding(index_fault(*expected, false));
  return Finding();
}

Result<Finding> IndexWalk::compare_span(std::uint64_t block) {
  const auto row = block_.bind(block).step();
  if (!row) return row.error();
  if (*row && block_.integer(0) == earliest_ && block_.integer(1) == latest_) return Finding();
  return Finding(Fault{FaultKind::index, first_of_block(block),
                       "the index is wrong about the time of records " +
                           std::to_string(first_of_block(block)) + " to " + std::to_string(last_) +
                           index_advice});
}

Result<Finding> IndexWalk::compare_counts() {
  const auto first = static_cast<std::int64_t>(block_of(base_ + 1));
  const std::int64_t blocks =
      last_ == base_ ? 0 : static_cast<std::int64_t>(block_of(last_)) + 1 - first;
  const auto beyond = count(beyond_.bind(first, first + blocks - 1));
  if (!beyond) return beyond.error();
  const auto block_count = count(blocks_.bind());
  if (!block_count) return block_count.error();
  const auto outcome_count = count(outcomes_.bind());
  if (!outcome_count) return outcome_count.error();
  if (*beyond != 0 || *block_count != blocks || *outcome_count != outcome_count_)
    return Finding(Fault{FaultKind::index, last_ + 1,
                         "the index speaks of records that do not exist after " + numbered(last_) +
                             ": its end was cut off, or the index was altered"});
  return Finding();
}

Result<Finding> IndexWalk::compare_open(const std::set<std::uint64_t>& open_intents) {
  auto expected = open_intents.begin();
  open_.bind();
  for (;;) {
    const auto row = open_.step();
    if (!row) return row.error();
    const bool same = *row ? expected != open_intents.end() &&
                                 open_.integer(0) == static_cast<std::int64_t>(*expected)
                           : expected == open_intents.end();
    if (!same) {
      const std::uint64_t at =
          expected != open_intents.end() ? *expected : static_cast<std::uint64_t>(open_.integer(0));
      return Finding(
          Fault{FaultKind::index, at,
                "the list of open intents is wrong about " + numbered(at) + index_advice});
    }
    if (!*row) return Finding();
    ++expected;
  }
}

}  // namespace entsync
