#include "synchronise.hpp"

#include <algorithm>

#include "core/dn.hpp"
#include "core/fingerprint.hpp"
#include "core/render.hpp"
#include "digest/sha256.hpp"
#include "files.hpp"
#include "holds.hpp"
#include "instant.hpp"
#include "recovery.hpp"
#include "run_lock.hpp"

namespace entsync {
namespace {

/// Rounds of planning in one run: a second and third one when entries changed under the first.
constexpr int max_rounds = 3;

/// What a run that writes has open; in order of opening.
struct Workplace {
  RunLock lock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Journal> journal;
  DirectoryLink link;
};

asio::awaitable<Result<Workplace>> open_workplace(Context& context, const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  auto lock = RunLock::take(state, "run " + cause.run + " by " + cause.actor);
  if (!lock) co_return lock.error();
  auto ledger = Ledger::open(state);
  if (!ledger) co_return ledger.error();
  auto journal = Journal::open(state, Journal::Mode::append);
  if (!journal) co_return journal.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto settled = co_await settle_open_intents(context, *link->directory, **journal, cause);
  if (!settled) co_return settled.error();
  co_return Workplace{std::move(*lock), std::move(*ledger), std::move(*journal), std::move(*link)};
}

Result<void> append_event(Journal& journal, AuditType type, const Cause& cause,
                          std::string detail) {
  std::vector<AuditRecord> records;
  records.push_back(event_record(type, cause, std::move(detail)));
  auto seq = journal.append(std::move(records));
  if (!seq) return seq.error();
  return {};
}

ApplyOptions apply_options(const config::Settings& settings) {
  ApplyOptions options;
  options.window = settings.ldap.window;
  options.max_refusals = settings.max_refusals;
  return options;
}

std::vector<Identity> identities_of(const Plan& plan) {
  std::vector<Identity> identities;
  for (const Change& change : plan.changes)
    if (change.operation == Operation::create && !change.identifiant.empty())
      identities.push_back({std::string(change.subject), std::string(change.identifiant),
                            std::string(change.login)});
  return identities;
}

/// All identities are remembered before anything is sent: a new entry links to others that are
/// created after it, and a crash in between must not let their identifiers go to somebody else.
asio::awaitable<ApplyResult> apply_plan(Context& context, Workplace& place, Plan& plan,
                                        const Cause& cause) {
  auto release = [&] { return place.ledger->release(identities_of(plan)); };
  if (auto kept = co_await run_on(context.store, std::move(release)); !kept) {
    context.log.problems(kept.error());
    ApplyResult result;
    result.why = "the state file could not take the identifiers of new accounts";
    co_return result;
  }
  ApplyDriver driver(context, std::move(place.link), *place.journal, cause,
                     apply_options(context.config.settings));
  context.on_stop = [&driver] { driver.request_stop(); };
  ApplyResult result = co_await driver.run(plan);
  context.on_stop = nullptr;
  co_return result;
}

Result<LastApplied> last_applied(const config::Settings& settings, Ledger& ledger) {
  LastApplied applied;
  for (const config::Academie& academie : settings.academies) {
    auto last = ledger.last_delivery(academie.code);
    if (!last) return last.error();
    if (*last) applied[academie.code] = (*last)->digest;
  }
  return applied;
}

/// Drops every plan that waits, but for the one of the id `kept`. Like everything that becomes of a
/// held plan it is journaled before it happens: a record may come twice, never not at all.
Result<void> supersede_held(Context& context, Workplace& place, const std::string& kept,
                            const Cause& cause) {
  Holds holds(context.config.settings.state_directory);
  auto waiting = holds.list();
  if (!waiting) return waiting.error();
  for (const HeldPlan& other : *waiting) {
    if (other.id == kept) continue;
    if (auto written = append_event(*place.journal, AuditType::rejected, cause,
                                    "plan " + other.id + " superseded by this run");
        !written)
      return written;
    if (auto dropped = holds.drop(other); !dropped) return dropped;
  }
  return {};
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

/// Entries that the directory holds after a plan; what was refused may be missing.
std::uint64_t entries_after(std::uint64_t before, std::int64_t balance,
                            const ApplySummary& applied) {
  const std::int64_t after =
      static_cast<std::int64_t>(before) + balance - static_cast<std::int64_t>(applied.refused);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, after));
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

/// Before the plan is applied, so that a crash does not lose them. An odd account is reported and
/// stops nothing.
asio::awaitable<Result<void>> adopt(Context& context, Workplace& place,
                                    const std::vector<Identity>& adopted, RunReport& report) {
  Problems warnings;
  auto remember = [&] { return place.ledger->adopt(adopted, warnings); };
  auto kept = co_await run_on(context.store, std::move(remember));
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

std::int64_t entry_balance(const Plan& plan) {
  std::int64_t balance = 0;
  for (const Change& change : plan.changes) {
    if (change.operation == Operation::create) ++balance;
    if (change.operation == Operation::remove) --balance;
  }
  return balance;
}

Problems run_failed(std::string what, std::string remedy) {
  return Problem{Severity::error, "RUN-020", {}, std::move(what), std::move(remedy)};
}

/// After everything was sent: what was not taken.
std::string not_taken(const ApplySummary& applied) {
  return "the directory refused " + std::to_string(applied.refused) + " changes, " +
         std::to_string(applied.conflict) + " entries were changed by somebody else meanwhile";
}

void write_report(Context& context, const RunReport& report) {
  const auto directory = context.config.settings.state_directory / "reports";
  auto written = make_private_directory(directory);
  if (written) written = write_file_atomically(directory / (report.run + ".txt"), render(report));
  if (!written) context.log.problems(written.error());
}

/// One round: plan, hold what surprises, apply the rest.
struct Round {
  ApplyResult applied;
  std::int64_t balance = 0;  ///< entries that the directory has more than the snapshot
  bool held = false;
};
asio::awaitable<Result<Round>> run_round(Context& context, Workplace& place, const Inputs& inputs,
                                         const LastApplied& after, const Cause& cause,
                                         RunReport& report) {
  context.progress.start("plan", "persons");
  auto compute = [&] { return make_planning(context.config, inputs, *place.ledger, cause.run); };
  auto planning = co_await run_on(context.workers, std::move(compute));
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
  if (auto kept = co_await adopt(context, place, planning->adopted, report); !kept)
    co_return kept.error();
  round.applied = co_await apply_plan(context, place, parts.go, cause);
  add_summary(report.applied, round.applied.summary);
  co_return round;
}

asio::awaitable<Result<int>> run_rounds(Context& context, Workplace& place, const Cause& cause,
                                        RunReport& report) {
  auto after = last_applied(context.config.settings, *place.ledger);
  if (!after) co_return after.error();
  auto inputs = co_await gather(context, *place.link.directory, *place.ledger);
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();
  describe_inputs(report, *inputs);
  context.log.problems(rejected_problems(report));
  std::string deliveries;
  for (const std::string& line : report.deliveries)
    deliveries += (deliveries.empty() ? "" : "; ") + line;
  context.log.info("RUN-003", "run " + cause.run + " begins: " + deliveries);
  if (auto written = append_event(*place.journal, AuditType::run_started, cause, deliveries);
      !written)
    co_return written.error();

  for (int n = 1;; ++n) {
    auto round = co_await run_round(context, place, *inputs, *after, cause, report);
    if (!round) co_return round.error();
    const ApplyResult& applied = round->applied;
    const bool moved_on = applied.completed && applied.summary.conflict > 0;
    if (moved_on && n < max_rounds) {
      context.log.info("RUN-005",
                       std::to_string(applied.summary.conflict) +
                           " entries were changed by somebody else meanwhile; planning again");
      auto link = co_await open_directory(context);
      if (!link) co_return link.error();
      place.link = std::move(*link);
      auto snapshot = co_await take_snapshot(context, *place.link.directory);
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

std::string outcome_detail(const RunReport& report, int exit_code) {
  return "exit " + std::to_string(exit_code) + ", applied " +
         std::to_string(report.applied.applied) + ", refused " +
         std::to_string(report.applied.refused) + ", conflict " +
         std::to_string(report.applied.conflict) + ", not applied " +
         std::to_string(report.applied.not_applied) +
         (report.hold_id.empty() ? "" : ", held " + report.hold_id);
}

/// Date of the delivery of an académie that a plan was made from, as its file names tell it.
std::optional<Date> delivery_date(const Plan& plan, std::string_view academie) {
  constexpr std::string_view before_date = "_Complet_";
  for (const SourceFile& file : plan.files) {
    if (file.academie != academie) continue;
    const std::size_t at = file.name.find(before_date);
    if (at == std::string::npos) continue;
    return Date::from_compact(std::string_view(file.name).substr(at + before_date.size(), 8));
  }
  return std::nullopt;
}

/// Whether the latest deliveries and the rules still are those of the plan.
Problems check_stale(const config::Configuration& configuration, Ledger& ledger,
                     const PlanFile& file) {
  const Plan& plan = file.plan;
  const auto stale = [](std::string what) {
    return Problems(Problem{Severity::error,
                            "PLAN-020",
                            {},
                            "this plan is stale: " + std::move(what),
                            "plan again; a stale plan is never applied"});
  };
  if (plan.fingerprint.rules != rules_fingerprint(configuration))
    return stale("rules, registry or configuration changed since it was made");
  for (const config::Academie& academie : configuration.settings.academies) {
    auto last = ledger.last_delivery(academie.code);
    if (!last) return last.error();
    // A plan made before the first run, or for a newer delivery than the last one applied, is not
    // stale. Two deliveries of one day: the plan's is the corrected one if the other had been
    // applied when the plan was made.
    if (!*last || (*last)->digest == delivery_digest(plan.files, academie.code)) continue;
    const std::optional<Date> planned = delivery_date(plan, academie.code);
    const auto before = file.after.find(academie.code);
    const bool corrects = before != file.after.end() && before->second == (*last)->digest;
    if (!planned || *planned < (*last)->date || (*planned == (*last)->date && !corrects))
      return stale("another delivery of " + academie.code + ", of " + (*last)->date.iso() +
                   ", was applied, and the plan's is not newer");
  }
  return {};
}

/// Every entry that the plan touches must be as the plan found it.
asio::awaitable<Problems> check_directory(Context& context, ldap::Directory& directory,
                                          const Plan& plan) {
  context.progress.start("check", "entries", plan.changes.size());
  std::uint64_t done = 0;
  for (const Change& change : plan.changes) {
    context.throw_if_stopped();
    auto entry = co_await directory.read_entry(std::string(change.dn), context.config.rules.target);
    if (!entry) co_return entry.error();
    const bool is_new = change.operation == Operation::create;
    const bool moved =
        is_new ? entry->has_value()
               : !entry->has_value() || (!change.csn.empty() && (**entry).csn != change.csn);
    if (moved)
      co_return Problem{Severity::error,
                        "PLAN-021",
                        {{}, 0, std::string(change.subject)},
                        "this plan is stale: the entry changed since it was made",
                        "plan again; a stale plan is never applied"};
    context.progress.advance("check", ++done);
  }
  context.throw_if_stopped();
  context.progress.finish("check");
  co_return Problems{};
}

/// What a run that applied a saved plan leaves behind for the next one, as remember_run does. The
/// number of entries is at least that: a saved plan comes without a snapshot.
Result<void> remember_applied(const config::Settings& settings, Ledger& ledger, const Plan& plan,
                              const ApplySummary& applied, bool was_held, const Cause& cause) {
  auto known = ledger.known_entries();
  if (!known) return known.error();
  const std::uint64_t entries = entries_after(known->value_or(0), entry_balance(plan), applied);
  if (auto set = ledger.set_known_entries(entries); !set) return set;
  if (was_held) return {};  // a part only: its run remembers the delivery
  for (const config::Academie& academie : settings.academies) {
    const auto date = delivery_date(plan, academie.code);
    if (!date) continue;
    const AppliedDelivery delivery{academie.code,
                                   *date,
                                   delivery_digest(plan.files, academie.code),
                                   "plan made by run " + plan.id,
                                   cause.run,
                                   now_rfc3339()};
    if (auto set = ledger.set_last_delivery(delivery); !set) return set;
  }
  return {};
}

std::string saved_plan_detail(const PlanFile& file) {
  std::string detail =
      "plan " + plan_digest(file.plan).substr(0, 12) + " made by run " + file.plan.id;
  for (const Hold& hold : file.holds) detail += "; held " + to_string(hold);
  return detail;
}

/// Applies a plan that passed load and check, whole; what waits is superseded unless it is this.
/// `begun` when the journal knows of the run.
asio::awaitable<Result<void>> apply_whole(Context& context, Workplace& place, PlanFile& file,
                                          bool was_held, const Cause& cause, RunReport& report,
                                          bool& begun) {
  Problems problems = check_stale(context.config, *place.ledger, file);
  if (!problems.has_errors())
    problems = co_await check_directory(context, *place.link.directory, file.plan);
  if (problems.has_errors()) co_return problems;
  const AuditType type = file.holds.empty() ? AuditType::run_started : AuditType::released;
  if (auto written = append_event(*place.journal, type, cause, saved_plan_detail(file)); !written)
    co_return written.error();
  begun = true;
  if (!was_held)
    if (auto dropped = supersede_held(context, place, {}, cause); !dropped)
      co_return dropped.error();
  report.planned = file.plan.counts();
  const ApplyResult applied = co_await apply_plan(context, place, file.plan, cause);
  report.applied = applied.summary;
  const std::string again = was_held ? "what is left is planned and judged anew by the next run"
                                     : "plan again: this plan is stale now";
  if (!applied.completed)
    co_return run_failed("the plan was not applied whole: " + applied.why,
                         "what was applied is journaled; " + again);
  auto remember = [&] {
    return remember_applied(context.config.settings, *place.ledger, file.plan, applied.summary,
                            was_held, cause);
  };
  if (auto remembered = co_await run_on(context.store, std::move(remember)); !remembered)
    co_return remembered.error();
  if (applied.summary.refused + applied.summary.conflict > 0)
    co_return run_failed("everything was sent, but " + not_taken(applied.summary),
                         "see CHG-002 in the log and remove the cause; " + again);
  co_return Result<void>();
}

void fail(RunResult& result, Problems problems) {
  result.exit_code = exit_code_of(problems);
  result.report.failed = true;
  result.problems = std::move(problems);
}

/// The last record of a run, and its report.
void conclude(Context& context, Workplace& place, const Cause& cause, RunResult& result) {
  context.progress.finish("run");
  result.report.times = context.progress.times();
  if (auto written = append_event(*place.journal, AuditType::run_finished, cause,
                                  outcome_detail(result.report, result.exit_code));
      !written) {
    result.problems.append(written.error());
    result.report.failed = true;
    result.exit_code = exit_failed;
  }
  write_report(context, result.report);
}

/// Both ways to apply a plan that somebody has looked at: `load` gives it once the lock is ours.
asio::awaitable<RunResult> apply_reviewed(Context& context, std::function<Result<PlanFile>()> load,
                                          std::optional<HeldPlan> held, Cause cause) {
  RunResult result;
  result.report.run = cause.run;
  context.progress.start("run", "");
  auto place = co_await open_workplace(context, cause);
  if (!place) {
    fail(result, place.error());
    co_return result;
  }
  auto file = load();
  if (!file) {
    fail(result, file.error());
    co_return result;
  }
  bool begun = false;
  bool stopped = false;
  try {
    auto done =
        co_await apply_whole(context, *place, *file, held.has_value(), cause, result.report, begun);
    if (done)
      result.exit_code = exit_done;
    else
      fail(result, done.error());
  } catch (const Stopped&) {
    stopped = true;
  }
  if (stopped) fail(result, stopped_early());
  if (!begun) co_return result;
  conclude(context, *place, cause, result);
  if (held && result.exit_code == exit_done)
    if (auto dropped = Holds(context.config.settings.state_directory).drop(*held); !dropped)
      fail(result, dropped.error());
  co_return result;
}

}  // namespace

Problems closing_problems(const RunResult& result) {
  Problems problems = result.problems;
  if (result.exit_code == exit_held)
    problems.error("HOLD-011", {}, "plan " + result.report.hold_id + " waits for a decision",
                   "entsync hold show " + result.report.hold_id);
  return problems;
}

std::string log_last_line(Context& context, const RunResult& result) {
  std::string line = last_line(result.report);
  context.log.info("RUN-004", line);
  return line;
}

asio::awaitable<Problems> settle_only(Context& context, Cause cause) {
  auto place = co_await open_workplace(context, cause);
  co_return place ? Problems{} : place.error();
}

asio::awaitable<RunResult> synchronise(Context& context, Cause cause) {
  RunResult result;
  result.report.run = cause.run;
  context.progress.start("run", "");
  auto place = co_await open_workplace(context, cause);
  if (!place) {
    fail(result, place.error());
    co_return result;
  }
  bool stopped = false;
  try {
    auto code = co_await run_rounds(context, *place, cause, result.report);
    if (code)
      result.exit_code = *code;
    else
      fail(result, code.error());
  } catch (const Stopped&) {
    stopped = true;
  }
  if (stopped) fail(result, stopped_early(result.report.applied.applied));
  conclude(context, *place, cause, result);
  co_return result;
}

asio::awaitable<DryRun> plan_only(Context& context) {
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
    auto inputs = co_await gather(context, *link->directory, **ledger);
    if (!inputs) {
      fail(inputs.error());
      co_return result;
    }
    context.throw_if_stopped();
    describe_inputs(result.report, *inputs);
    context.progress.start("plan", "persons");
    auto compute = [&] { return make_planning(context.config, *inputs, **ledger, run); };
    auto planning = co_await run_on(context.workers, std::move(compute));
    context.progress.finish("plan");
    if (!planning) {
      fail(planning.error());
      co_return result;
    }
    describe_planning(result.report, *planning);
    context.log.problems(planning->problems);
    result.plan = std::move(planning->plan);
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

asio::awaitable<RunResult> apply_saved(Context& context, PlanFile file, Cause cause) {
  std::function<Result<PlanFile>()> give = [&file]() -> Result<PlanFile> {
    return std::move(file);
  };
  std::optional<HeldPlan> none;
  co_return co_await apply_reviewed(context, std::move(give), std::move(none), std::move(cause));
}

asio::awaitable<RunResult> approve_held(Context& context, HeldPlan held, Cause cause) {
  // Until the lock was ours another process may have rejected or superseded it.
  std::function<Result<PlanFile>()> load = [&context, &held]() -> Result<PlanFile> {
    auto found = Holds(context.config.settings.state_directory).find(held.id);
    if (!found) return found.error();
    return load_checked_plan(found->path);
  };
  std::optional<HeldPlan> one = held;
  co_return co_await apply_reviewed(context, std::move(load), std::move(one), std::move(cause));
}

}  // namespace entsync
