#pragma once
/// Fills deliveries.db, in one transaction.

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

/// Bindings and populations, and the records too when they are of other deliveries than those that
/// are there.
Result<void> write_delivery_index(sqlite::Database& database, const DeliveryIndex::Content& content,
                                  const FeedNames& names, bool with_records);

}  // namespace entsync
