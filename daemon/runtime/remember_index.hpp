#pragma once
/// Leaves behind, before a whole run applies its plan, what a run of a part needs to read only its
/// part: one that is asked for meanwhile, or a later one.

#include <map>
#include <string>

#include "core/tally.hpp"
#include "inputs.hpp"

namespace entsync {

/// Nothing is written when the last run left the same and this one changes nothing. Failure is a
/// warning: it only costs parts their speed. Digests of the deliveries, by académie, of which there
/// is an index now.
std::map<std::string, std::string> remember_index(Context& context, const Inputs& inputs,
                                                  Ledger& ledger, const Before& after, bool changes,
                                                  std::int64_t began_ns);

}  // namespace entsync
