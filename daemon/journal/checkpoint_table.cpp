#include "checkpoint_table.hpp"

#include "records.hpp"

namespace entsync {
namespace {

Problem at_checkpoint(const sqlite::Database& database, const char* code, std::uint64_t number,
                      std::string what, std::string remedy) {
  return {Severity::error,
          code,
          {database.file(), 0, "checkpoint " + std::to_string(number)},
          std::move(what),
          std::move(remedy)};
}

/// Where the next checkpoint goes on.
struct Last {
  Checkpoint checkpoint;
  std::string note;
  SignedNote signatures;
  TreeFrontier frontier;
};

Problem does_not_fit(const sqlite::Database& database, std::uint64_t number) {
  return at_checkpoint(database, "JRN-023", number,
                       "the last checkpoint does not fit the records before it; nothing is signed",
                       "verify the journal with entsync-verify and the checkpoints kept elsewhere");
}

Result<std::optional<Last>> read_last(sqlite::Database& database) {
  auto select = database.prepare(
      "SELECT number, size, note, frontier FROM checkpoint ORDER BY number DESC LIMIT 1");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return std::optional<Last>();
  const auto number = static_cast<std::uint64_t>(select->integer(0));
  auto note = parse_note(select->text(2));
  if (!note) return note.error();
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  auto frontier =
      TreeFrontier::from(static_cast<std::uint64_t>(select->integer(1)), select->blob(3));
  if (!frontier || frontier->root() != checkpoint->root || frontier->size() != checkpoint->size ||
      checkpoint->number != number)
    return does_not_fit(database, number);
  return std::optional<Last>(Last{std::move(*checkpoint), std::string(select->text(2)),
                                  std::move(*note), std::move(*frontier)});
}

/// The key that signs after a checkpoint.
bool goes_on_with(const Last& last, const VerifierKey& key) {
  if (!last.checkpoint.next_key.empty()) return last.checkpoint.next_key == key.text();
  return last.signatures.is_signed_by(key);
}

/// Appends the records up to the head, and keeps the roots of segments that become whole.
Result<void> extend(sqlite::Database& database, TreeFrontier& frontier, std::uint64_t head) {
  auto hashes =
      database.prepare("SELECT seq, hash FROM record WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  if (!hashes) return hashes.error();
  auto insert = database.prepare("INSERT OR REPLACE INTO segment VALUES(?1, ?2)");
  if (!insert) return insert.error();
  hashes->bind(frontier.size(), head);
  for (;;) {
    const auto row = hashes->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto hash = chain_hash_from(hashes->blob(1));
    if (!hash || static_cast<std::uint64_t>(hashes->integer(0)) != frontier.size() + 1) break;
    const auto segment = frontier.append(*hash);
    if (!segment) continue;
    insert->bind(frontier.size() / segment_leaves - 1, sqlite::Blob{bytes_of(*segment)});
    if (auto done = insert->run(); !done) return done;
  }
  if (frontier.size() == head) return {};
  return Problem{Severity::error,
                 "JRN-023",
                 {database.file(), 0, "record " + std::to_string(frontier.size() + 1)},
                 "a record is missing or has no hash; nothing is signed",
                 "verify the journal with entsync-verify and the checkpoints kept elsewhere"};
}

std::string sign(const Checkpoint& checkpoint, const Sealing& sealing) {
  const std::string text = to_text(checkpoint);
  std::string note = text + "\n";
  if (!checkpoint.next_key.empty() && sealing.previous != nullptr)
    note += sealing.previous->signature_line(text);
  return note + sealing.key.signature_line(text);
}

Result<void> insert(sqlite::Database& database, const Checkpoint& checkpoint,
                    const std::string& note, const TreeFrontier& frontier) {
  auto statement = database.prepare("INSERT INTO checkpoint VALUES(?1, ?2, ?3, ?4)");
  if (!statement) return statement.error();
  const std::string bytes = frontier.bytes();
  statement->bind(checkpoint.number, checkpoint.size, note, sqlite::Blob{bytes});
  return statement->run();
}

}  // namespace

Result<std::optional<std::string>> seal(sqlite::Database& database, const Sealing& sealing) {
  auto transaction = database.begin_write();
  if (!transaction) return transaction.error();
  const auto head = read_checked_head(database);
  if (!head) return head.error();
  if (head->seq == 0) return std::optional<std::string>();
  auto last = read_last(database);
  if (!last) return last.error();

  const VerifierKey& key = sealing.key.verifier();
  Checkpoint checkpoint;
  checkpoint.origin = sealing.origin;
  TreeFrontier frontier;
  if (*last) {
    Last& before = **last;
    const bool same_key = goes_on_with(before, key);
    if (same_key && before.checkpoint.size == head->seq) return std::optional<std::string>();
    if (!same_key &&
        (sealing.previous == nullptr || !goes_on_with(before, sealing.previous->verifier())))
      return at_checkpoint(database, "JRN-024", before.checkpoint.number,
                           "another key than the one configured signed the last checkpoint",
                           "configure the key that signed it, or name it as previous_key_file so "
                           "that it hands over to the new one");
    checkpoint.origin = before.checkpoint.origin;
    checkpoint.number = before.checkpoint.number + 1;
    Sha256 sha;
    sha.update(before.note);
    checkpoint.previous = sha.finish();
    if (!same_key) checkpoint.next_key = key.text();
    frontier = std::move(before.frontier);
  }
  if (auto extended = extend(database, frontier, head->seq); !extended) return extended.error();
  checkpoint.size = head->seq;
  checkpoint.root = frontier.root();
  checkpoint.head = head->hash;
  checkpoint.time = sealing.time;
  checkpoint.run = sealing.run;

  std::string note = sign(checkpoint, sealing);
  if (auto done = insert(database, checkpoint, note, frontier); !done) return done.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return std::optional<std::string>(std::move(note));
}

Result<void> for_each_checkpoint(
    sqlite::Database& database,
    const std::function<void(std::int64_t, std::int64_t, std::string_view)>& visit) {
  auto select = database.prepare("SELECT number, size, note FROM checkpoint ORDER BY number");
  if (!select) return select.error();
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    visit(select->integer(0), select->integer(1), select->text(2));
  }
}

}  // namespace entsync
