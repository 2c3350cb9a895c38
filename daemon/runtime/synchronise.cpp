#include "synchronise.hpp"

#include <optional>

#include "holds.hpp"
#include "inputs.hpp"
#include "instant.hpp"
#include "planning.hpp"
#include "rectifications.hpp"
#include "remember_index.hpp"
#include "retention.hpp"
#include "run_in_workplace.hpp"
#include "run_on.hpp"
#include "scoped_inputs.hpp"

namespace entsync {
namespace {

/// Rounds of planning in one run: a second and third one when entries changed under the first.
constexpr int max_rounds = 3;
/// Rounds that do not count because parts on demand worked in between.
constexpr int max_disturbed_rounds = 30;

Result<LastApplied> last_applied(const config::Settings& settings, Ledger& ledger) {
  LastApplied applied;
  for (const config::Academie& academie : settings.academies) {
    auto last = ledger.last_delivery(academie.code);
    if (!last) return last.error();
    if (*last) applied[academie.code] = (*last)->digest;
  }
  return applied;
}

/// Keeps the held part and lets it supersede what earlier runs held.
Result<void> keep_held(Context& context, Workplace& place, const Plan& held,
                       const std::vector<Hold>& reasons, const LastApplied& after,
                       const Cause& cause, RunReport& report) {
  Holds holds(context.config.settings.state_directory);
  std::string id;
  if (!held.changes.empty()) {
    if (auto kept = place.ledger->remember(identities_of(held)); !kept) return kept.error();
    const HeldPlan plan = holds.named(held);
    id = plan.id;
    for (const Hold& hold : reasons)
      context.log.warning("HOLD-010", "held as " + id + ": " + to_string(hold));
    if (!Holds::waits(plan)) {
      if (auto written =
              append_event(*place.journal, AuditType::held, cause,
                           "plan " + id + ", " + std::to_string(held.changes.size()) + " changes");
          !written)
        return written;
      if (auto kept = holds.keep(plan, held, reasons, after); !kept) return kept;
    }
  }
  if (auto dropped = supersede_held(context, place, id, cause); !dropped) return dropped;
  report.hold_id = id;
  report.held = held.counts();
  return {};
}

Result<void> remember_run(Workplace& place, const Inputs& inputs, std::uint64_t entries,
                          const Cause& cause) {
  for (const Delivery& delivery : inputs.deliveries) {
    const Feed& feed = delivery.feed.feed();
    AppliedDelivery applied{
        feed.academie(),        feed.date(), delivery_digest(feed.files(), feed.academie()),
        delivery.path.string(), cause.run,   now_rfc3339()};
    if (auto set = place.ledger->set_last_delivery(applied); !set) return set;
  }
  return place.ledger->set_known_entries(entries);
}

void describe_rectifications(Context& context, const FollowedRectifications& followed) {
  const std::uint64_t all = followed.corrected + followed.reopened + followed.handed_over +
                            followed.reflected + followed.removed;
  if (all == 0) return;
  context.log.info("RUN-076",
                   "rectifications: " + std::to_string(followed.corrected) + " corrected, " +
                       std::to_string(followed.reopened) + " reopened, " +
                       std::to_string(followed.handed_over) + " handed over to another school, " +
                       std::to_string(followed.reflected) + " found taken by the directory, " +
                       std::to_string(followed.removed) + " removed");
}

/// Before the plan is applied, so that a crash does not lose them: identities, and what is left to
/// people. An odd account is reported and stops nothing.
asio::awaitable<Result<void>> adopt(Context& context, Workplace& place, const Inputs& inputs,
                                    const Planning& planning, const Cause& cause,
                                    RunReport& report) {
  Problems warnings;
  FollowedRectifications followed;
  const config::Settings& settings = context.config.settings;
  auto remember = [&]() -> Result<void> {
    if (auto noted = note_gone(*place.journal, settings, planning.gone, today()); !noted)
      return noted;
    if (auto joined = place.ledger->join(planning.joined); !joined) return joined;
    if (auto known = place.ledger->learn_persons(planning.learned); !known) return known;
    if (auto noted = place.ledger->note_departing(planning.departing); !noted) return noted;
    if (auto forgotten = place.ledger->forget(planning.gone); !forgotten) return forgotten;
    if (inputs.requests)
      if (auto taken =
              place.ledger->take_demandes(inputs.requests->agents.newly_taken(), now_rfc3339());
          !taken)
        return taken;
    auto taken_on = follow_rectifications(*place.journal, *place.ledger, settings, cause,
                                          planning.rectifications, planning.gone, today());
    if (!taken_on) return taken_on.error();
    followed = *taken_on;
    if (auto kept = place.ledger->set_reviews(planning.review, now_rfc3339()); !kept) return kept;
    return place.ledger->adopt(planning.adopted, warnings);
  };
  auto kept = co_await run_on(context.store, std::move(remember));
  describe_rectifications(context, followed);
  context.log.problems(warnings);
  report.problems.append(std::move(warnings));
  co_return kept;
}

void add_counts(PlanCounts& to, const PlanCounts& from) {
  for (const auto& [row, operations] : from)
    for (const auto& [operation, count] : operations) to[row][operation] += count;
}

void add_summary(ApplySummary& to, const ApplySummary& from) {
  to.applied += from.applied;
  to.refused += from.refused;
  to.conflict += from.conflict;
  to.not_applied += from.not_applied;
}

Before after_plan(const Before& before, const Plan& plan, const Context& context) {
  return after(before, plan, judged_attributes(context.config.rules));
}

/// Both sides, while parts may work beside it.
asio::awaitable<Result<Inputs>> gather_in_room(Context& context, Workplace& place,
                                               IndexToLeave& index) {
  std::optional<Result<Inputs>> inputs;
  {
    const Room::Reading reading(context.room);
    DeliveriesRead indexing = [&index](const std::vector<Delivery>& read) { index.begin(read); };
    auto gathering = gather(context, *place.link.directory, *place.ledger, std::move(indexing));
    inputs.emplace(co_await std::move(gathering));
  }
  co_await context.room.emptied();
  co_return std::move(*inputs);
}

/// The directory once more, over a new connection.
asio::awaitable<Result<DirectorySnapshot>> read_again(Context& context, Workplace& place) {
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  place.link = std::move(*link);
  std::optional<Result<DirectorySnapshot>> snapshot;
  {
    const Room::Reading reading(context.room);
    snapshot.emplace(co_await take_snapshot(context, *place.link.directory));
  }
  co_await context.room.emptied();
  co_return std::move(*snapshot);
}

/// Leaves the index of the deliveries, for parts that come while the plan is applied.
asio::awaitable<void> leave_index(Context& context, IndexToLeave& index, const Inputs& inputs,
                                  Planning& planning, const Before& after, bool changes) {
  auto finishing = [&] { return index.finish(inputs, *planning.matched, after, changes); };
  auto indexed = co_await run_on(context.workers, std::move(finishing));
  context.room.vouch(std::move(indexed));
  planning.matched.reset();  // as large as the directory, and of no use while the plan is applied
}

/// One round: plan, hold what surprises, apply the rest.
struct Round {
  ApplyResult applied;
  std::int64_t balance = 0;  ///< entries that the directory has more than the snapshot
  bool held = false;
};
asio::awaitable<Result<Round>> run_round(Context& context, Workplace& place, const Inputs& inputs,
                                         const LastApplied& after, const Cause& cause,
                                         RunReport& report, IndexToLeave& index) {
  context.progress.start("plan", "persons");
  auto planning = co_await make_planning(context, inputs, *place.ledger, cause.run);
  context.progress.finish("plan");
  if (!planning) co_return planning.error();
  context.throw_if_stopped();
  context.log.problems(planning->problems);
  describe_planning(report, *planning);

  SplitPlan parts =
      split(std::move(planning->plan), planning->verdict, judged_attributes(context.config.rules));
  if (auto kept =
          keep_held(context, place, parts.held, planning->verdict.holds, after, cause, report);
      !kept)
    co_return kept.error();
  add_counts(report.planned, parts.go.counts());
  Round round;
  round.balance = entry_balance(parts.go);
  round.held = !parts.held.changes.empty();
  if (auto kept = co_await adopt(context, place, inputs, *planning, cause, report); !kept)
    co_return kept.error();
  const Before populations = after_plan(planning->before, parts.go, context);
  co_await leave_index(context, index, inputs, *planning, populations, !report.planned.empty());
  round.applied = co_await apply_giving_way(context, place, parts.go, cause);
  co_await context.room.emptied();
  add_summary(report.applied, round.applied.summary);
  co_return round;
}

asio::awaitable<Result<int>> run_rounds(Context& context, Workplace& place, const Cause& cause,
                                        RunReport& report) {
  auto after = last_applied(context.config.settings, *place.ledger);
  if (!after) co_return after.error();
  IndexToLeave index(context, now_ns());
  std::size_t visits = context.room.visits();
  auto inputs = co_await gather_in_room(context, place, index);
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();
  describe_inputs(report, *inputs);
  context.log.problems(report.findings);
  context.log.problems(rejected_problems(report));
  std::string deliveries;
  for (const std::string& line : report.deliveries)
    deliveries += (deliveries.empty() ? "" : "; ") + line;
  context.log.info("RUN-003", "run " + cause.run + " begins: " + deliveries);
  if (auto written = append_event(*place.journal, AuditType::run_started, cause, deliveries);
      !written)
    co_return written.error();

  int disturbed = 0;
  for (int n = 1;; ++n) {
    auto round = co_await run_round(context, place, *inputs, *after, cause, report, index);
    if (!round) co_return round.error();
    const ApplyResult& applied = round->applied;
    const bool moved_on = applied.completed && applied.summary.conflict > 0;
    if (moved_on && context.room.visits() != visits && disturbed < max_disturbed_rounds) {
      ++disturbed;
      --n;
    }
    if (moved_on && n < max_rounds) {
      context.log.info("RUN-005",
                       std::to_string(applied.summary.conflict) +
                           " entries were changed by somebody else meanwhile; planning again");
      visits = context.room.visits();
      auto snapshot = co_await read_again(context, place);
      if (!snapshot) co_return snapshot.error();
      const std::uint64_t expected =
          entries_after(inputs->snapshot.size(), round->balance, applied.summary);
      if (auto problem =
              doubt(*snapshot, expected, context.config.settings.minimum_directory_share))
        co_return Problems(std::move(*problem));
      inputs->snapshot = std::move(*snapshot);
      continue;
    }
    if (!applied.completed)
      co_return run_failed(
          "the run did not complete: " + applied.why,
          "see the log; run again: what was applied is journaled, the rest is planned again");
    const std::uint64_t entries =
        entries_after(inputs->snapshot.size(), round->balance, applied.summary);
    auto remember = [&] { return remember_run(place, *inputs, entries, cause); };
    if (auto remembered = co_await run_on(context.store, std::move(remember)); !remembered)
      co_return remembered.error();
    if (applied.summary.refused + applied.summary.conflict > 0)
      co_return run_failed("everything was sent, but " + not_taken(applied.summary),
                           "see CHG-002 in the log and remove the cause; the next run plans what "
                           "is missing again");
    co_return static_cast<int>(round->held ? exit_held : exit_done);
  }
}

}  // namespace

asio::awaitable<Problems> settle_only(Context& context, Cause cause) {
  auto place = co_await open_workplace(context, cause);
  co_return place ? Problems{} : place.error();
}

namespace {

/// What reached its term goes at the end of a run. A run that did its work is not failed by what
/// could not be removed: that is told, and tried again the next night.
asio::awaitable<void> remove_old(Context& context, Workplace& place, const Cause& cause) {
  auto remove = [&] {
    return apply_retention(*place.journal, context.config.settings, cause, today());
  };
  auto removed = co_await run_on(context.store, std::move(remove));
  if (!removed) {
    context.log.problems(removed.error());
    co_return;
  }
  if (removed->keys + removed->values_until + removed->records_until + removed->reports != 0)
    context.log.info("RUN-073",
                     std::to_string(removed->keys) +
                         " keys of persons who are gone were destroyed; values removed up "
                         "to record " +
                         std::to_string(removed->values_until) + "; records removed up to " +
                         std::to_string(removed->records_until) + "; " +
                         std::to_string(removed->reports) + " reports removed");
}

/// What schools are waited for is told at the end of a run. As with what could not be removed, a
/// run that did its work is not failed by it.
asio::awaitable<void> tell_rectifications(Context& context, Workplace& place, RunReport& report) {
  auto tell = [&] { return tell_ages(*place.ledger, context.log, report, today()); };
  auto told = co_await run_on(context.store, std::move(tell));
  if (!told) context.log.problems(told.error());
}

asio::awaitable<Result<int>> run_and_remove_old(Context& context, Workplace& place,
                                                const Cause& cause, RunReport& report) {
  auto code = co_await run_rounds(context, place, cause, report);
  if (!code) co_return code;
  co_await tell_rectifications(context, place, report);
  co_await remove_old(context, place, cause);
  co_return code;
}

}  // namespace

asio::awaitable<RunResult> synchronise(Context& context, Cause cause) {
  const Room::Run open(context.room);
  WorkInPlace work = [&context, &cause](Workplace& place, RunResult& result) {
    place.begun = true;
    return run_and_remove_old(context, place, cause, result.report);
  };
  co_return co_await run_in_workplace(context, cause, std::chrono::seconds(0), std::move(work));
}

asio::awaitable<DryRun> plan_only(Context& context, const Scope& scope, Reach reach) {
  DryRun result;
  const auto fail = [&result](Problems problems) {
    result.exit_code = exit_code_of(problems);
    result.problems = std::move(problems);
  };
  const std::string run = new_run_id();
  result.report.run = run;
  context.progress.start("run", "");
  auto ledger = open_ledger(context.config.settings);
  if (!ledger) {
    fail(ledger.error());
    co_return result;
  }
  auto link = co_await open_directory(context);
  if (!link) {
    fail(link.error());
    co_return result;
  }
  try {
    auto after = last_applied(context.config.settings, **ledger);
    if (!after) {
      fail(after.error());
      co_return result;
    }
    result.after = std::move(*after);
    auto inputs = co_await gather_scope(context, *link->directory, **ledger, scope, reach);
    if (!inputs) {
      fail(inputs.error());
      co_return result;
    }
    context.throw_if_stopped();
    describe_inputs(result.report, *inputs);
    context.log.problems(result.report.findings);
    context.progress.start("plan", "persons");
    auto planning = co_await make_planning(context, *inputs, **ledger, run, scope);
    context.progress.finish("plan");
    if (!planning) {
      fail(planning.error());
      co_return result;
    }
    describe_planning(result.report, *planning);
    context.log.problems(planning->problems);
    result.plan = std::move(planning->plan);
    result.pending = std::move(planning->pending);
    result.verdict = std::move(planning->verdict);
  } catch (const Stopped&) {
    fail(stopped_early());
    co_return result;
  }
  result.report.planned = result.plan.counts();
  context.progress.finish("run");
  result.report.times = context.progress.times();
  result.exit_code = result.verdict.go() ? exit_done : exit_held;
  co_return result;
}

}  // namespace entsync
