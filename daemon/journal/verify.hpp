#pragma once
/// Verification of a whole journal: every record, the chain, the pairing of intents and outcomes,
/// and that the derived tables say of the records exactly what the records say.

#include <functional>

#include "journal.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// See Journal::verify.
Result<ChainReport> verify_journal(sqlite::Database& database,
                                   const std::function<void(std::uint64_t records)>& progress);

}  // namespace entsync
