#pragma once
/// Applies a plan that somebody has looked at: one that was saved, or one that was held. It is
/// refused when the world moved on since it was made.

#include "holds.hpp"
#include "plan_file.hpp"
#include "run_end.hpp"

namespace entsync {

/// Applies exactly a saved plan, or refuses it when the delivery, the rules or one of the entries
/// it touches moved on since it was made. What it would have been held for counts as released; its
/// delivery is then the last one applied, and what waits is superseded.
asio::awaitable<RunResult> apply_saved(Context& context, PlanFile file, Cause cause);

/// The same for a plan that waits, if it still does when no other process can decide on it. When
/// one of its reasons is of a kind that needs a second person, the first approval is only
/// remembered (exit_held), and the same person cannot give the second. With `schools` only the
/// changes of these schools alone are applied; the rest waits on under an id of its own.
asio::awaitable<RunResult> approve_held(Context& context, HeldPlan held,
                                        std::vector<std::string> schools, Cause cause);

/// Drops a plan that waits, by id or the beginning of one; gives its whole id.
Result<std::string> reject_held(Context& context, const std::string& id, const Cause& cause);

}  // namespace entsync
