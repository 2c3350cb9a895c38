#pragma once
/// Fills deliveries.db, inside a transaction of the caller.

#include <array>
#include <map>

#include "delivery_index.hpp"
#include "sqlite/database.hpp"

namespace entsync {

using TallyMap = std::map<std::string, Tally, std::less<>>;
/// The lists of a Before and their names in the table.
std::array<std::pair<const char*, TallyMap*>, 4> tallies_of(Before& before);

/// Between the ids of one text; XML 1.0 (§ 2.2) lets none stand in an id.
constexpr char id_separator = '\x1F';

/// In place of those that are there.
Result<void> write_index_records(sqlite::Database& database, const DeliveryIndex::Records& records,
                                 const FeedNames& names);
Result<void> write_index_findings(sqlite::Database& database,
                                  const DeliveryIndex::Findings& findings);

}  // namespace entsync
