#pragma once
/// `explain` on live data: gathers both sides like a run and explains instead of planning. What is
/// shown is journaled as a reading.

#include "audit_trail.hpp"
#include "core/explain.hpp"
#include "planning.hpp"

namespace entsync {

/// EXPL-001.
Problem nobody_knows(const std::string& what);

/// What is known about `what` now, as values; whoever shows any of it journals that before.
asio::awaitable<Result<std::vector<Explanation>>> explain_now(Context& context, std::string what,
                                                              std::string attribute);

/// Text for each entry that `what` means, with the journaled change behind each present value and,
/// where it was held, who let it go; journaled before it is returned. EXPL-001 when nobody
/// knows `what`, READ-003 when it cannot be journaled.
asio::awaitable<Result<std::vector<std::string>>> explain_journaled(Context& context,
                                                                    std::string what,
                                                                    std::string attribute,
                                                                    const Cause& cause);

}  // namespace entsync
