#include "ledger_schema.hpp"

#include <span>

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
    // Format 5: the registers of persons.
    "CREATE TABLE person_register(register TEXT NOT NULL, subject TEXT NOT NULL, "
    "state TEXT NOT NULL, since TEXT NOT NULL, person TEXT NOT NULL, key_check TEXT NOT NULL, "
    "directive TEXT NOT NULL, evidence TEXT NOT NULL, notice TEXT NOT NULL, actor TEXT NOT NULL, "
    "reason TEXT NOT NULL, changed_at TEXT NOT NULL, PRIMARY KEY(register, subject)) "
    "STRICT, WITHOUT ROWID",
    "CREATE TABLE deletion_confirmation(subject TEXT NOT NULL, actor TEXT NOT NULL, "
    "reason TEXT NOT NULL, confirmed_at TEXT NOT NULL, PRIMARY KEY(subject, actor)) "
    "STRICT, WITHOUT ROWID",
    // Format 6: tombstones.
    "CREATE TABLE tombstone(subject TEXT PRIMARY KEY, identifiant TEXT NOT NULL COLLATE NOCASE, "
    "stem TEXT COLLATE NOCASE, length INTEGER, number INTEGER, person TEXT) STRICT, WITHOUT ROWID",
    "CREATE INDEX tombstone_identifiant ON tombstone(identifiant)",
    "CREATE INDEX tombstone_number ON tombstone(stem, length, number) WHERE number IS NOT NULL",
    "CREATE INDEX tombstone_person ON tombstone(person) WHERE person IS NOT NULL",
    "CREATE TABLE tombstone_login(login TEXT PRIMARY KEY, identifiant TEXT NOT NULL) "
    "STRICT, WITHOUT ROWID",
    "CREATE TABLE departing(subject TEXT PRIMARY KEY, person TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX login_subject ON login(subject)",
    // Format 7: requests that were followed.
    "CREATE TABLE demande(id TEXT PRIMARY KEY, digest TEXT NOT NULL, taken_at TEXT NOT NULL) "
    "STRICT, WITHOUT ROWID",
    // Format 8: tickets of rectification.
    "CREATE TABLE rectification(number INTEGER PRIMARY KEY, subject TEXT NOT NULL, "
    "attribute TEXT NOT NULL, school TEXT NOT NULL, contested TEXT NOT NULL, state TEXT NOT NULL, "
    "received TEXT NOT NULL, opened TEXT NOT NULL, since TEXT NOT NULL, opened_seq INTEGER NOT "
    "NULL, source_file TEXT NOT NULL, source_line INTEGER NOT NULL, source_day TEXT NOT NULL, "
    "correction_file TEXT NOT NULL, correction_line INTEGER NOT NULL, correction_day TEXT NOT "
    "NULL, corrected_run TEXT NOT NULL, corrected_seq INTEGER NOT NULL, reflected_at TEXT NOT "
    "NULL, reflected_run TEXT NOT NULL, reminded TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT "
    "NOT NULL, ticket TEXT NOT NULL, changed_at TEXT NOT NULL) STRICT",
    // Format 9: requests of links, whole and in the order in which they were followed.
    "CREATE TABLE link_request(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "
    "digest TEXT NOT NULL, action TEXT NOT NULL, person TEXT NOT NULL, schools TEXT NOT NULL, "
    "debut TEXT NOT NULL, fin TEXT NOT NULL, demandeur TEXT NOT NULL, valideur TEXT NOT NULL, "
    "validation TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, "
    "start INTEGER NOT NULL) STRICT",
};

/// The tables of a format that a file of the one before has not got.
constexpr std::span tombstones = std::span(statements).last(10).first(7);
constexpr std::span person_registers = std::span(statements).last(12).first(2);
constexpr std::span demandes = std::span(statements).last(3).first(1);
constexpr std::span rectifications = std::span(statements).last(2).first(1);
constexpr std::span link_requests = std::span(statements).last(1);

constexpr sqlite::Upgrade upgrades[] = {
    {4, person_registers}, {5, tombstones}, {6, demandes}, {7, rectifications}, {8, link_requests},
};

constexpr sqlite::Schema schema{"state file", 0x454E544C, 9, statements, upgrades};  // "ENTL"

}  // namespace

const sqlite::Schema& ledger_schema() {
  return schema;
}

}  // namespace entsync
