#pragma once
/// What both sides of a run say of the values that tickets of rectification are about: where the
/// deliveries carry them, and whether the directory still holds the contested one. Values leave
/// here as digests only.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "planner.hpp"
#include "rectification.hpp"

namespace entsync {

/// Keyed digest of a value of the ticket's attribute.
using ContestedDigest =
    std::function<std::string(const Rectification& ticket, std::string_view value)>;

/// One for each ticket, in the same order. Somebody who goes on under another key is found by the
/// entry that carries both. `deriver` is one for the same input.
std::vector<RectificationSight> see_rectifications(const PlannerInput& input,
                                                   const Deriver& deriver,
                                                   const std::vector<Rectification>& tickets,
                                                   const ContestedDigest& digest);

}  // namespace entsync
