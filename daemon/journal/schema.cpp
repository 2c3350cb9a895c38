#include "schema.hpp"

namespace entsync {
namespace {

constexpr const char* statements[] = {
    "CREATE TABLE record(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER record_is_removed_at_its_term BEFORE DELETE ON record "
    "WHEN OLD.seq > (SELECT coalesce(max(seq), 0) FROM base) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    // REPLACE removes without asking the trigger above.
    "CREATE TRIGGER record_is_appended BEFORE INSERT ON record "
    "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM record) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",

    "CREATE TABLE base(seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, frontier BLOB NOT NULL) STRICT",
    "CREATE TRIGGER base_is_never_changed BEFORE UPDATE ON base "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER base_is_never_removed BEFORE DELETE ON base "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER base_goes_forward BEFORE INSERT ON base "
    "WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM base) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",

    "CREATE TABLE block(id INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT "
    "NULL) "
    "STRICT",
    "CREATE TABLE posting(block INTEGER NOT NULL, key INTEGER NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY KEY(block, key, at)) STRICT, WITHOUT ROWID",
    "CREATE TABLE outcome(intent INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT",
    "CREATE TABLE open_intent(seq INTEGER PRIMARY KEY) STRICT",

    "CREATE TABLE vaulted(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    "CREATE TRIGGER vaulted_is_never_changed BEFORE UPDATE ON vaulted "
    "BEGIN SELECT RAISE(ABORT, 'what is in the vault is never changed'); END",

    "CREATE TABLE checkpoint(number INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT "
    "NULL, "
    "frontier BLOB NOT NULL) STRICT",
    "CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER checkpoint_is_never_removed BEFORE DELETE ON checkpoint "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER checkpoint_is_appended BEFORE INSERT ON checkpoint "
    "WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM checkpoint) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TABLE segment(id INTEGER PRIMARY KEY, root BLOB NOT NULL) STRICT",
};

constexpr sqlite::Schema schema{"journal", 0x454E544A, 5, statements};  // "ENTJ"

}  // namespace

const sqlite::Schema& journal_schema() {
  return schema;
}

}  // namespace entsync
