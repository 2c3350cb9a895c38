#pragma once
/// What an entry that was read again says about a change whose answer was lost.

#include <string>
#include <utility>
#include <vector>

#include "apply_machine.hpp"
#include "matching.hpp"
#include "plan.hpp"

namespace entsync {

/// `values` are the entry's present values of known attributes; null when there is no such entry.
/// Comparison is by the server's matching rules.
ReadBack read_back(const Change& change, const TargetVocabulary& vocabulary,
                   const std::vector<std::pair<TargetAttribute, std::string>>* values);

}  // namespace entsync
