#include "delivery_index_schema.hpp"

namespace entsync {
namespace {

constexpr const char* index_statements[] = {
    "CREATE TABLE made_with(rules TEXT NOT NULL) STRICT",
    "CREATE TABLE delivery(delivery INTEGER PRIMARY KEY, academie TEXT NOT NULL, date TEXT NOT "
    "NULL, path TEXT NOT NULL, folder TEXT NOT NULL, stamp TEXT NOT NULL, digest TEXT NOT NULL) "
    "STRICT",
    "CREATE TABLE file(delivery INTEGER, file INTEGER, name TEXT NOT NULL, sha256 TEXT NOT NULL, "
    "bytes INTEGER NOT NULL, records INTEGER NOT NULL, category INTEGER NOT NULL, path TEXT NOT "
    "NULL, stamp TEXT NOT NULL, head INTEGER NOT NULL, PRIMARY KEY(delivery, file)) STRICT, "
    "WITHOUT ROWID",
    // What a record names, and who names it, stands in one text: few rows, as they are written
    // while somebody may wait (docs/performance.md).
    "CREATE TABLE record(delivery INTEGER, category INTEGER, id TEXT, file INTEGER NOT NULL, "
    "start INTEGER NOT NULL, stop INTEGER NOT NULL, line INTEGER NOT NULL, uai TEXT NOT NULL, "
    "structures TEXT NOT NULL, responsables TEXT NOT NULL, "
    "PRIMARY KEY(delivery, category, id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE placed(delivery INTEGER, structure TEXT, category INTEGER, ids TEXT NOT NULL, "
    "PRIMARY KEY(delivery, structure, category)) STRICT, WITHOUT ROWID",
    "CREATE TABLE named(delivery INTEGER, responsable TEXT, pupils TEXT NOT NULL, "
    "PRIMARY KEY(delivery, responsable)) STRICT, WITHOUT ROWID",
    "CREATE TABLE rejected(delivery INTEGER, category INTEGER, id TEXT NOT NULL, file INTEGER NOT "
    "NULL, line INTEGER NOT NULL, start INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT "
    "NULL) STRICT",
    "CREATE TABLE bound(uai TEXT, dn TEXT, PRIMARY KEY(uai, dn)) STRICT, WITHOUT ROWID",
    "CREATE TABLE tally(part TEXT, name TEXT, persons INTEGER NOT NULL, groups INTEGER NOT NULL, "
    "mails INTEGER NOT NULL, members INTEGER NOT NULL, live INTEGER NOT NULL, "
    "PRIMARY KEY(part, name)) STRICT, WITHOUT ROWID",
};

constexpr sqlite::Schema index_schema{"index of the deliveries", 0x454E5449, 2,  // "ENTI"
                                      index_statements};

}  // namespace

const sqlite::Schema& delivery_index_schema() {
  return index_schema;
}

}  // namespace entsync
