#pragma once
/// Verification of a whole journal: every record, the chain, the pairing of intents and outcomes,
/// the checkpoints, and that the derived tables say of the records exactly what the records say.

#include "journal.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// See Journal::verify.
Result<ChainReport> verify_journal(sqlite::Database& database, const VerifyOptions& options);

}  // namespace entsync
