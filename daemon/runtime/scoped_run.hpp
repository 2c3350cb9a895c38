#pragma once
/// A run of a part, on somebody's demand: the same reading, planning and judging as a whole run,
/// then only the changes inside the scope. It decides nothing for the nightly run: what waits
/// stays, the delivery does not count as applied, and what the judge would hold is refused instead
/// of kept. While a whole run is under way in this process it works beside that one, as a guest in
/// its workplace, when only the part has to be read.

#include <chrono>
#include <optional>
#include <string>

#include "core/scope.hpp"
#include "run_end.hpp"

namespace entsync {

struct ScopedRun {
  Scope scope;
  /// plan_digest() of the plan that somebody looked at and agreed to: nothing else is applied.
  /// Empty when nobody looked.
  std::string agreed;
  /// How long another run is waited for.
  std::chrono::seconds wait{60};
};

/// Exit code 4 when the judge would hold any of it; nothing is then applied. What it would do
/// without applying it is plan_only()'s.
asio::awaitable<RunResult> synchronise_scope(Context& context, ScopedRun what, Cause cause);

/// The same beside the whole run that main() of this context has under way; the caller is inside
/// its room meanwhile. When the part cannot be read as one nothing is done, and `why` says so.
asio::awaitable<std::optional<RunResult>> synchronise_beside(Context& beside, ScopedRun what,
                                                             Cause cause, std::string& why);

}  // namespace entsync
