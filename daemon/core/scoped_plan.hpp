#pragma once
/// Narrows a plan of everything to a scope: the changes of who and what is in it, and what their
/// links oblige – a new person or school that one of them leads to, and in every other entry the
/// values that lead to one of them: the responsable's link to the pupil, the pupil's place in a
/// group, the class in its school's list. All else of the plan is left for the nightly run. Applied
/// before it, a narrowed plan changes nothing of what the directory holds after it, and leaves no
/// link to an entry that only the nightly run would create.

#include "planner.hpp"
#include "scope.hpp"

namespace entsync {

/// SCOPE-002 for each part of a scope that neither the deliveries nor the directory know.
Problems check_scope(const Scope& scope, const PlannerInput& input);

/// The part of `plan`, which was made from `input`, that the scope asks for; still without a
/// fingerprint of its own.
Plan within(Plan&& plan, const Scope& scope, const PlannerInput& input);

}  // namespace entsync
