#pragma once
/// One run from end to end: settle what a crash left open, gather both sides, plan, judge, hold or
/// apply, report. A dry run is the same with the last step withheld. An entry that somebody changed
/// between snapshot and change is not overwritten: the run reads and plans again.

#include "audit_trail.hpp"
#include "exit_code.hpp"
#include "holds.hpp"
#include "plan_file.hpp"
#include "report.hpp"

namespace entsync {

struct RunResult {
  int exit_code = exit_failed;
  Problems problems;  ///< why it failed
  RunReport report;
};

/// The whole run.
asio::awaitable<RunResult> synchronise(Context& context, Cause cause);

struct DryRun {
  int exit_code = exit_failed;
  Problems problems;
  Plan plan;
  Verdict verdict;
  LastApplied after;
  RunReport report;
};

/// Everything but the change: writes nothing to the directory, the journal or the ledger.
asio::awaitable<DryRun> plan_only(Context& context);

/// Applies exactly a saved plan, or refuses it when the delivery, the rules or one of the entries
/// it touches moved on since it was made. What it would have been held for counts as released; its
/// delivery is then the last one applied, and what waits is superseded.
asio::awaitable<RunResult> apply_saved(Context& context, PlanFile file, Cause cause);

/// The same for a plan that waits, if it still does when no other process can decide on it.
asio::awaitable<RunResult> approve_held(Context& context, HeldPlan held, Cause cause);

}  // namespace entsync
