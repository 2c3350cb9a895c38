#pragma once
/// Which entries the directory binds to a school without the deliveries saying so: its groups, and
/// people whom some value still leads there. No search with an index finds them all, so they are
/// remembered when the directory was read whole.

#include <functional>
#include <string_view>

#include "match.hpp"

namespace entsync {

/// An entry may be told more than once for a school.
void each_binding(const Population& population, const Matched& matched,
                  const DirectorySnapshot& snapshot, const Rules& rules,
                  const std::function<void(std::string_view uai, std::string_view dn)>& visit);

}  // namespace entsync
