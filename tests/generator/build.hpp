#pragma once
/// Makes the first state of a region: communes and their schools, families of these communes,
/// classes, and staff. Shares follow the delivery of 2020 and the figures of Occitanie.

#include "world.hpp"

namespace generator {

/// Throws std::invalid_argument when the schools do not find UAI numbers in the départements.
World build_region(const Settings& settings, Day date, const Names& names);

}  // namespace generator
