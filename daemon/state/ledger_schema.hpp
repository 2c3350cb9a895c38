#pragma once
/// Tables of state.db.
///
/// identity: `login` is the one given last, as it was given. Identifiers that differ by case only
/// would be one entry of the directory, hence NOCASE. `stem`, `length` and `number` are the
/// identifier cut before its trailing digits, for `Ledger::highest_number`; null when it has no
/// such digits or more than 18 of them. Two subjects share an identifier when a pupil went on under
/// another key.
///
/// login: every login ever given and whose it is, folded as caseIgnoreMatch compares.
///
/// tombstone: identifiers of accounts that are gone. `subject` and `person` – INE and birth date,
/// of pupils – are HMAC-SHA-256 digests, and so is the login of tombstone_login. departing: such a
/// digest of a pupil whose account a plan deletes, until it is gone.
///
/// review_item, review_candidate: what the last whole run could not decide. review_decision: what
/// people decided, kept for good; `entry` is the normal form of a DN.
///
/// person_register: see person_register_table.hpp. deletion_confirmation: who confirmed that the
/// account of somebody who died is deleted.
///
/// rectification: tickets of rectification, see core/rectification.hpp. `contested` is an
/// HMAC-SHA-256 digest; a day or text that there is not is empty.

#include "sqlite/schema.hpp"

namespace entsync {

const sqlite::Schema& ledger_schema();

}  // namespace entsync
