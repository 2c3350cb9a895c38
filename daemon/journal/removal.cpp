#include "removal.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base.hpp"
#include "core/audit_record.hpp"
#include "instant.hpp"
#include "postings.hpp"
#include "schema.hpp"

namespace entsync {
namespace {

/// The number that the statement gives for these parameters; 0 when it gives none.
template <class... Parameters>
Result<std::uint64_t> number(sqlite::Database& database, const char* sql,
                             Parameters... parameters) {
  auto select = database.prepare(sql);
  if (!select) return select.error();
  const auto row = select->bind(parameters...).step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(select->integer(0));
}

/// The last record up to which no intent has its outcome later.
Result<std::uint64_t> without_split_pair(sqlite::Database& database, std::uint64_t until) {
  for (;;) {
    const auto split = number(
        database, "SELECT coalesce(min(intent), 0) FROM outcome WHERE intent <= ?1 AND seq > ?1",
        until);
    if (!split) return split;
    if (*split == 0) return until;
    until = *split - 1;
  }
}

Problem cannot_remove(const sqlite::Database& database, std::uint64_t seq, const char* why) {
  return {Severity::error,
          "JRN-014",
          {database.file(), 0, "record " + std::to_string(seq)},
          std::string(why) + "; nothing is removed",
          "verify the journal with entsync-verify and the checkpoints kept elsewhere"};
}

/// The frontier of the tree over the first `until` records.
Result<TreeFrontier> frontier_at(sqlite::Database& database, JournalBase base,
                                 std::uint64_t until) {
  TreeFrontier frontier = std::move(base.frontier);
  auto nearest = database.prepare(
      "SELECT size, frontier FROM checkpoint WHERE size > ?1 AND size <= ?2 ORDER BY number DESC "
      "LIMIT 1");
  if (!nearest) return nearest.error();
  const auto found = nearest->bind(base.seq, until).step();
  if (!found) return found.error();
  if (*found)
    if (auto known =
            TreeFrontier::from(static_cast<std::uint64_t>(nearest->integer(0)), nearest->blob(1)))
      frontier = std::move(*known);
  auto hashes =
      database.prepare("SELECT hash FROM record WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  if (!hashes) return hashes.error();
  hashes->bind(frontier.size(), until);
  for (;;) {
    const auto row = hashes->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto hash = chain_hash_from(hashes->blob(0));
    if (!hash) break;
    frontier.append(*hash);
  }
  if (frontier.size() == until) return frontier;
  return cannot_remove(database, frontier.size() + 1, "a record is missing or has no hash");
}

Result<void> insert_base(sqlite::Database& database, std::uint64_t until,
                         const TreeFrontier& frontier) {
  auto insert =
      database.prepare("INSERT INTO base SELECT seq, hash, ?2 FROM record WHERE seq = ?1");
  if (!insert) return insert.error();
  const std::string bytes = frontier.bytes();
  return insert->bind(until, sqlite::Blob{bytes}).run();
}

/// What the index says of the block that was cut in two.
Result<void> index_rest_of_block(sqlite::Database& database, std::uint64_t until) {
  const std::uint64_t block = block_of(until);
  auto rest = database.prepare("SELECT seq, bytes FROM record WHERE seq > ?1 AND seq < ?2");
  if (!rest) return rest.error();
  std::vector<Posting> postings;
  std::optional<std::pair<std::int64_t, std::int64_t>> span;
  rest->bind(until, first_of_block(block + 1));
  for (;;) {
    const auto row = rest->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto record = decode_audit_record(rest->blob(1));
    if (!record)
      return cannot_remove(database, static_cast<std::uint64_t>(rest->integer(0)),
                           "a record cannot be read");
    append_postings(*record, postings);
    const std::int64_t time = instant_milliseconds(record->time).value_or(0);
    span = span ? std::pair{std::min(span->first, time), std::max(span->second, time)}
                : std::pair{time, time};
  }
  if (!span) return {};
  sort_unique(postings);
  auto insert = database.prepare("INSERT INTO posting VALUES(?1, ?2, ?3)");
  if (!insert) return insert.error();
  for (const Posting& row : postings)
    if (auto done = insert->bind(row.block, row.key, row.at).run(); !done) return done;
  auto insert_block = database.prepare("INSERT INTO block VALUES(?1, ?2, ?3)");
  if (!insert_block) return insert_block.error();
  return insert_block->bind(block, span->first, span->second).run();
}

}  // namespace

Result<std::uint64_t> removable_until(sqlite::Database& database, std::uint64_t limit) {
  const auto base = read_base(database);
  if (!base) return base.error();
  const auto attested = number(database, "SELECT coalesce(max(size), 0) FROM checkpoint");
  if (!attested) return attested;
  const auto open = number(database, "SELECT coalesce(min(seq), 0) FROM open_intent");
  if (!open) return open;
  std::uint64_t until = std::min({limit, *attested, base->seq + max_removed_records});
  if (*open != 0) until = std::min(until, *open - 1);
  const auto whole = without_split_pair(database, until);
  if (!whole) return whole;
  return std::max(*whole, base->seq);
}

Result<void> remove_records(sqlite::Database& database, std::uint64_t until) {
  auto base = read_base(database);
  if (!base) return base.error();
  const auto frontier = frontier_at(database, std::move(*base), until);
  if (!frontier) return frontier.error();
  // First the base: the triggers of `record` let go of nothing else.
  if (auto done = insert_base(database, until, *frontier); !done) return done;
  for (const auto& [sql, last] :
       {std::pair{"DELETE FROM record WHERE seq <= ?1", until},
        std::pair{"DELETE FROM vaulted WHERE seq <= ?1", until},
        std::pair{"DELETE FROM outcome WHERE intent <= ?1", until},
        std::pair{"DELETE FROM posting WHERE block <= ?1", block_of(until)},
        std::pair{"DELETE FROM block WHERE id <= ?1", block_of(until)}}) {
    auto remove = database.prepare(sql);
    if (!remove) return remove.error();
    if (auto done = remove->bind(last).run(); !done) return done;
  }
  return index_rest_of_block(database, until);
}

}  // namespace entsync
