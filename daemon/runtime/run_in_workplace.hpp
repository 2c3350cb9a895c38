#pragma once
/// One run with a workplace, whatever it does there: opens it, lets the work be done, and ends with
/// the record, the checkpoint and the report of the run. The three ways to end early – a problem, a
/// stop, a hold – are the same for all. Whoever works beside it has left before it ends.

#include <chrono>
#include <functional>

#include "run_end.hpp"
#include "workplace.hpp"

namespace entsync {

/// The exit code, or why it failed. What is told of the run stands in `result`, all but its end.
using WorkInPlace =
    std::function<asio::awaitable<Result<int>>(Workplace& place, RunResult& result)>;

/// The same beside the whole run that main() of this context has under way, in its workplace. The
/// caller is inside its room meanwhile.
asio::awaitable<RunResult> run_as_guest(Context& beside, Cause cause, WorkInPlace work);

/// Waits up to `wait` for the run of another process to end.
asio::awaitable<RunResult> run_in_workplace(Context& context, Cause cause,
                                            std::chrono::seconds wait, WorkInPlace work);

}  // namespace entsync
