#pragma once
/// Leaves behind, at the end of a whole run, what a later run of a part needs to read only its
/// part.

#include "core/tally.hpp"
#include "inputs.hpp"

namespace entsync {

/// Nothing is written when the last run left the same and this one changed nothing. Failure is a
/// warning: it only costs parts their speed.
void remember_index(Context& context, const Inputs& inputs, Ledger& ledger, const Before& after,
                    bool changed, std::int64_t began_ns);

}  // namespace entsync
