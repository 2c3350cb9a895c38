#include "scoped_run.hpp"

#include "inputs.hpp"
#include "instant.hpp"
#include "plan_file.hpp"
#include "planning.hpp"
#include "rectifications.hpp"
#include "run_in_workplace.hpp"
#include "run_on.hpp"
#include "scoped_inputs.hpp"

namespace entsync {
namespace {

Problems refused_holds(const Verdict& verdict) {
  Problems problems;
  for (const Hold& hold : verdict.holds)
    problems.error("HOLD-021", {}, "the judge would hold a part of this: " + to_string(hold),
                   "nothing was changed; a nightly run keeps it for `entsync hold`, or save a plan "
                   "and apply it with --release-holds");
  return problems;
}

std::string started_detail(const Scope& scope, const RunReport& report) {
  std::string detail = "scope: " + to_string(scope);
  for (const std::string& delivery : report.deliveries) detail += "; " + delivery;
  return detail;
}

/// The entries that are known stay those of the last whole run, but for what this one made or took
/// away.
Result<void> remember_entries(Ledger& ledger, std::int64_t balance, const ApplySummary& applied) {
  auto known = ledger.known_entries();
  if (!known) return known.error();
  if (!*known) return {};
  return ledger.set_known_entries(entries_after(**known, balance, applied));
}

asio::awaitable<Result<int>> apply_scoped(Context& context, Workplace& place, Plan& plan,
                                          const Cause& cause, RunReport& report) {
  report.planned = plan.counts();
  const std::int64_t balance = entry_balance(plan);
  const ApplyResult applied = co_await apply_plan(context, place, plan, cause);
  report.applied = applied.summary;
  if (!applied.completed)
    co_return run_failed("the run did not complete: " + applied.why,
                         "see the log; run again: what was applied is journaled");
  auto remember = [&] { return remember_entries(*place.ledger, balance, applied.summary); };
  if (auto remembered = co_await run_on(context.store, std::move(remember)); !remembered)
    co_return remembered.error();
  if (applied.summary.refused + applied.summary.conflict > 0)
    co_return run_failed("everything was sent, but " + not_taken(applied.summary),
                         "see CHG-002 in the log and remove the cause, then run again");
  co_return static_cast<int>(exit_done);
}

/// Plans, judges and applies; the exit code.
asio::awaitable<Result<int>> run_scoped(Context& context, Workplace& place, const ScopedRun& what,
                                        const Cause& cause, RunResult& result, Reach reach) {
  RunReport& report = result.report;
  auto inputs =
      co_await gather_scope(context, *place.link.directory, *place.ledger, what.scope, reach);
  if (!inputs) co_return inputs.error();
  place.begun = true;
  describe_inputs(report, *inputs);
  context.log.problems(report.findings);
  const std::string detail = started_detail(what.scope, report);
  context.log.info("RUN-061", "run " + cause.run + " of a part begins: " + detail);
  if (auto written = append_event(*place.journal, AuditType::run_started, cause, detail); !written)
    co_return written.error();
  // Not before: who is told that it ended is told that it began.
  context.throw_if_stopped();
  context.progress.start("plan", "persons");
  auto planning = co_await make_planning(context, *inputs, *place.ledger, cause.run, what.scope);
  context.progress.finish("plan");
  if (!planning) co_return planning.error();
  context.throw_if_stopped();
  context.log.problems(planning->problems);
  describe_planning(report, *planning);
  if (!planning->verdict.go()) {
    fail(result, refused_holds(planning->verdict));
    co_return static_cast<int>(exit_held);
  }
  if (!what.agreed.empty() && plan_digest(planning->plan) != what.agreed)
    co_return Problems(Problem{Severity::error,
                               "PLAN-022",
                               {},
                               "the delivery or the directory moved on since the plan was shown",
                               "nothing was changed; look at the plan again"});
  auto follow = [&]() -> Result<void> {
    auto followed = follow_rectifications(*place.journal, *place.ledger, context.config.settings,
                                          cause, planning->rectifications, {}, today());
    if (!followed) return followed.error();
    return {};
  };
  if (auto followed = co_await run_on(context.store, std::move(follow)); !followed)
    co_return followed.error();
  co_return co_await apply_scoped(context, place, planning->plan, cause, report);
}

}  // namespace

asio::awaitable<RunResult> synchronise_scope(Context& context, ScopedRun what, Cause cause) {
  WorkInPlace work = [&context, &what, &cause](Workplace& place, RunResult& result) {
    place.begun = true;
    return run_scoped(context, place, what, cause, result, Reach::whole_if_needed);
  };
  co_return co_await run_in_workplace(context, cause, what.wait, std::move(work));
}

asio::awaitable<std::optional<RunResult>> synchronise_beside(Context& beside, ScopedRun what,
                                                             Cause cause, std::string& why) {
  WorkInPlace work = [&beside, &what, &cause](Workplace& place, RunResult& result) {
    return run_scoped(beside, place, what, cause, result, Reach::part_only);
  };
  auto result = co_await run_as_guest(beside, cause, std::move(work));
  if (!is_no_part(result.problems)) co_return std::move(result);
  why = result.problems.list.front().what;
  co_return std::nullopt;
}

}  // namespace entsync
