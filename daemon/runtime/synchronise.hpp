#pragma once
/// One run from end to end: settle what a crash left open, gather both sides, plan, judge, hold or
/// apply, report. A dry run is the same with the last step withheld. An entry that somebody changed
/// between snapshot and change is not overwritten: the run reads and plans again.

#include "plan_file.hpp"
#include "run_end.hpp"
#include "scoped_inputs.hpp"

namespace entsync {

/// Settles the intents that a crash left open and does nothing else; the problems say why it could
/// not.
asio::awaitable<Problems> settle_only(Context& context, Cause cause);

/// The whole run. It gives way to runs of parts, in the room of the context.
asio::awaitable<RunResult> synchronise(Context& context, Cause cause);

struct DryRun {
  int exit_code = exit_failed;
  Problems problems;
  Plan plan;
  Plan pending;  ///< what waits because entries are restricted
  Verdict verdict;
  LastApplied after;
  RunReport report;
};

/// Everything but the change, of everything or of a part: writes nothing to the directory, the
/// journal or the ledger.
asio::awaitable<DryRun> plan_only(Context& context, const Scope& scope = everything,
                                  Reach reach = Reach::whole_if_needed);

}  // namespace entsync
