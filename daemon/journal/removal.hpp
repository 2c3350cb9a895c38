#pragma once
/// Takes the oldest records out of a journal when their term is reached (CNIL, recommendation
/// 2021-122: a journal is kept for a time that is fixed). With a record goes everything that
/// belongs to it; never an intent without its outcome or an outcome without its intent, and never
/// what no checkpoint attests. What stays of them is the base (base.hpp) and the record that
/// certifies it. The pages are overwritten and used again: the file does not shrink.

#include <cstdint>

#include "sqlite/database.hpp"

namespace entsync {

/// Most records that one removal takes: the write-ahead log grows with it.
inline constexpr std::uint64_t max_removed_records = std::uint64_t{1} << 18U;

/// The last record, at most `limit`, up to which records may be removed now; the base when there
/// are none.
Result<std::uint64_t> removable_until(sqlite::Database& database, std::uint64_t limit);

/// Removes the records up to `until`, which removable_until() gave, inside the caller's
/// transaction.
Result<void> remove_records(sqlite::Database& database, std::uint64_t until);

}  // namespace entsync
