#include "ledger_schema.hpp"

namespace entsync {
namespace {

constexpr const char* statements[] = {
    "CREATE TABLE identity(subject TEXT PRIMARY KEY, identifiant TEXT NOT NULL COLLATE NOCASE, "
    "login TEXT, stem TEXT COLLATE NOCASE, length INTEGER, number INTEGER, "
    "released INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID",
    "CREATE INDEX identity_identifiant ON identity(identifiant)",
    "CREATE INDEX identity_number ON identity(stem, length, number) WHERE number IS NOT NULL",
    "CREATE TABLE login(login_key TEXT PRIMARY KEY, subject TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE applied_delivery(academie TEXT PRIMARY KEY, date TEXT NOT NULL, "
    "digest TEXT NOT NULL, path TEXT NOT NULL, run TEXT NOT NULL, applied_at TEXT NOT NULL) "
    "STRICT, WITHOUT ROWID",
    "CREATE TABLE review_item(subject TEXT NOT NULL, reason TEXT NOT NULL, "
    "decidable INTEGER NOT NULL, since TEXT NOT NULL, PRIMARY KEY(subject, reason)) "
    "STRICT, WITHOUT ROWID",
    "CREATE TABLE review_candidate(subject TEXT NOT NULL, reason TEXT NOT NULL, dn TEXT NOT NULL, "
    "keys TEXT NOT NULL, PRIMARY KEY(subject, reason, dn)) STRICT, WITHOUT ROWID",
    "CREATE TABLE review_decision(subject TEXT NOT NULL, entry TEXT NOT NULL, "
    "is_link INTEGER NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL, decided_at TEXT NOT "
    "NULL, "
    "PRIMARY KEY(subject, entry)) STRICT, WITHOUT ROWID",
    "CREATE TABLE fact(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
};

constexpr sqlite::Schema schema{"state file", 0x454E544C, 4, statements};  // "ENTL"

}  // namespace

const sqlite::Schema& ledger_schema() {
  return schema;
}

}  // namespace entsync
