#pragma once
/// Where a journal begins. Records that reached their term are gone (removal.hpp); what is left of
/// them is the number and the chain hash of the last one and the frontier of the Merkle tree over
/// all of them, so that the chain, and every checkpoint signed since, still can be verified. A
/// record of the journal certifies it (AuditType::records_removed).

#include <cstdint>

#include "chain.hpp"
#include "merkle.hpp"
#include "sqlite/database.hpp"

namespace entsync {

struct JournalBase {
  std::uint64_t seq = 0;  ///< of the last record that was removed; 0: none was
  ChainHash hash{};       ///< its chain hash
  TreeFrontier frontier;  ///< of the tree over the first `seq` records
};

/// JRN-013 when what is stored is not the base of a journal.
Result<JournalBase> read_base(sqlite::Database& database);

}  // namespace entsync
