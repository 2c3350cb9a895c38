#pragma once
/// Which attributes of a branch a run reads: those that its rules speak of and no others, so that
/// nothing is fetched that nobody compares (GDPR art. 5.1 c), and in the order in which most
/// entries hold them, because servers look through the list once for each attribute of each entry
/// (a third of slapd's time was that, with every attribute of the rules asked for everywhere).

#include <vector>

#include "rules.hpp"
#include "snapshot.hpp"

namespace entsync {

std::vector<TargetAttribute> snapshot_attributes(const Rules& rules, Branch branch);

}  // namespace entsync
