#pragma once
/// What the directory holds after a plan, as the judge counts it: its denominators for a part,
/// whose own entries tell nothing of the populations around it.

#include "judge.hpp"

namespace entsync {

/// `before` with the changes of a plan that was applied.
Before after(Before before, const Plan& applied, const JudgedAttributes& names);

}  // namespace entsync
