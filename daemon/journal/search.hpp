#pragma once
/// Finds records by what they speak of, through the index, and shows each intent with its outcome.

#include <functional>
#include <optional>

#include "journal.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// Shown a matching record and, for a closed intent, its outcome; false ends the search.
using SearchVisitor =
    std::function<bool(const AuditRecord& record, const std::optional<AuditRecord>& outcome)>;

/// See Journal::query. JRN-010 when a bound of the period is not an instant.
/// `vault` knows the pseudonyms of the subject that is asked for; null: there are none.
Result<void> search(sqlite::Database& database, const JournalQuery& query, const ValueVault* vault,
                    const SearchVisitor& visit);

}  // namespace entsync
