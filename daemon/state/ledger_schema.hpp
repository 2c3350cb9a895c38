#pragma once
/// Tables of state.db.
///
/// identity: `login` is the one given last, as it was given. Identifiers that differ by case only
/// would be one entry of the directory, hence NOCASE. `stem`, `length` and `number` are the
/// identifier cut before its trailing digits, for `Ledger::highest_number`; null when it has no
/// such digits or more than 18 of them.
///
/// login: every login ever given and whose it is, folded as caseIgnoreMatch compares.

#include "sqlite/schema.hpp"

namespace entsync {

const sqlite::Schema& ledger_schema();

}  // namespace entsync
