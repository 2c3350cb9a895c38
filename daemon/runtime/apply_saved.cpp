#include "apply_saved.hpp"

#include <algorithm>
#include <set>

#include "connectors/aaf/delivery.hpp"
#include "core/fingerprint.hpp"
#include "instant.hpp"
#include "journal_place.hpp"
#include "planning.hpp"
#include "rights.hpp"
#include "run_in_workplace.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

/// Date of the last delivery of an académie that a plan was made from, as its file names tell it.
std::optional<Date> delivery_date(const Plan& plan, std::string_view academie) {
  std::optional<Date> latest;
  for (const SourceFile& file : plan.files) {
    if (file.academie != academie) continue;
    const auto name = aaf::parse_file_name(file.name);
    if (name && (!latest || *latest < name->date)) latest = name->date;
  }
  return latest;
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
  const auto registers = registers_fingerprint(ledger);
  if (!registers) return registers.error();
  if (plan.fingerprint.rules != shaping_fingerprint(configuration, *registers))
    return stale(
        "rules, registry, configuration or the registers of persons changed since it was made");
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
asio::awaitable<Result<void>> apply_whole(Context& context, Workplace& place, PlanFile& file,
                                          bool was_held, const Cause& cause, RunReport& report) {
  Problems problems = check_stale(context.config, *place.ledger, file);
  if (!problems.has_errors())
    problems = co_await check_directory(context, *place.link.directory, file.plan);
  if (problems.has_errors()) co_return problems;
  const AuditType type = file.holds.empty() ? AuditType::run_started : AuditType::released;
  if (auto written = append_event(*place.journal, type, cause, saved_plan_detail(file)); !written)
    co_return written.error();
  place.begun = true;
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

/// What a held plan needs before it may be applied. No value: it may; else why it waits on.
Result<std::optional<Problem>> ask_second_person(Context& context, Workplace& place,
                                                 const HeldPlan& held, const PlanFile& file,
                                                 const std::string& schools, const Cause& cause) {
  const std::set<Surprise>& kinds = context.config.settings.second_person;
  const bool needed = std::ranges::any_of(
      file.holds, [&](const Hold& hold) { return kinds.contains(hold.surprise); });
  if (!needed) return std::optional<Problem>();
  Holds holds(context.config.settings.state_directory);
  auto given = holds.approvals(held);
  if (!given) return given.error();
  for (const Approval& approval : *given) {
    if (approval.schools != schools) continue;  // two persons have to agree on the same
    if (approval.actor == cause.actor)
      return Problems(Problem{Severity::error,
                              "HOLD-005",
                              {{}, 0, held.id},
                              cause.actor + " has approved this plan already",
                              "another person has to approve it too"});
    return std::optional<Problem>();
  }
  if (auto written = append_event(*place.journal, AuditType::released, cause,
                                  "first approval of plan " + held.id + "; it waits for a second");
      !written)
    return written.error();
  if (auto added = holds.add_approval(held, {now_rfc3339(), cause.actor, schools}); !added)
    return added.error();
  return std::optional<Problem>(
      Problem{Severity::note,
              "HOLD-004",
              {{}, 0, held.id},
              "the approval of " + cause.actor + " is remembered; a second person has to approve",
              "entsync hold approve " + held.id});
}

/// Leaves of the plan what is of these schools alone; the rest waits on as a plan of its own.
Result<void> narrow(Context& context, Workplace& place, PlanFile& file,
                    const std::vector<std::string>& schools, const Cause& cause) {
  const auto is_of_others = [&schools](const Change& change) {
    return change.schools.empty() ||
           !std::ranges::all_of(change.schools, [&](std::string_view uai) {
             return std::ranges::find(schools, uai) != schools.end();
           });
  };
  SplitPlan parts =
      split_by(std::move(file.plan), is_of_others, judged_attributes(context.config.rules));
  file.plan = std::move(parts.go);
  if (file.plan.changes.empty())
    return Problems(Problem{Severity::error,
                            "HOLD-006",
                            {},
                            "no change of this plan is of these schools alone",
                            "see which schools it is about: entsync hold show"});
  if (parts.held.changes.empty()) return {};
  Holds holds(context.config.settings.state_directory);
  const HeldPlan rest = holds.named(parts.held);
  if (auto written = append_event(*place.journal, AuditType::held, cause,
                                  "plan " + rest.id + ", the rest of a plan approved in part, " +
                                      std::to_string(parts.held.changes.size()) + " changes");
      !written)
    return written;
  context.log.info("HOLD-007", "the rest of the plan waits as " + rest.id);
  return holds.keep(rest, parts.held, file.holds, file.after);
}

/// Where a plan that somebody has looked at comes from, and what of it is agreed to.
struct Reviewed {
  std::function<Result<PlanFile>()> load;  ///< called once the lock is ours
  std::optional<HeldPlan> held;            ///< when it is one that waits
  std::vector<std::string> schools;        ///< it is for these alone; none: for all
};

std::string agreed_schools(std::vector<std::string> schools) {
  std::ranges::sort(schools);
  std::string agreed;
  for (const std::string& uai : schools) agreed += (agreed.empty() ? "" : ",") + uai;
  return agreed;
}

asio::awaitable<Result<int>> apply_reviewed(Context& context, Workplace& place,
                                            const Reviewed& reviewed, const Cause& cause,
                                            RunResult& result) {
  auto file = co_await run_on(context.workers, reviewed.load);
  if (!file) co_return file.error();
  if (reviewed.held) {
    auto waits = ask_second_person(context, place, *reviewed.held, *file,
                                   agreed_schools(reviewed.schools), cause);
    if (!waits) co_return waits.error();
    if (*waits) {
      result.problems.add(std::move(**waits));
      co_return static_cast<int>(exit_held);
    }
  }
  if (!reviewed.schools.empty())
    if (auto narrowed = narrow(context, place, *file, reviewed.schools, cause); !narrowed)
      co_return narrowed.error();
  const bool was_held = reviewed.held.has_value();
  auto done = co_await apply_whole(context, place, *file, was_held, cause, result.report);
  if (done && was_held) done = Holds(context.config.settings.state_directory).drop(*reviewed.held);
  if (!done) co_return done.error();
  co_return static_cast<int>(exit_done);
}

asio::awaitable<RunResult> run_reviewed(Context& context, Reviewed reviewed, Cause cause) {
  WorkInPlace work = [&context, &reviewed, &cause](Workplace& place, RunResult& result) {
    return apply_reviewed(context, place, reviewed, cause, result);
  };
  co_return co_await run_in_workplace(context, cause, std::chrono::seconds(0), std::move(work));
}

}  // namespace

asio::awaitable<RunResult> apply_saved(Context& context, PlanFile file, Cause cause) {
  Reviewed reviewed{[&file]() -> Result<PlanFile> { return std::move(file); }, {}, {}};
  co_return co_await run_reviewed(context, std::move(reviewed), std::move(cause));
}

asio::awaitable<RunResult> approve_held(Context& context, HeldPlan held,
                                        std::vector<std::string> schools, Cause cause) {
  // Until the lock was ours another process may have rejected or superseded it.
  auto load = [&context, &held]() -> Result<PlanFile> {
    auto found = Holds(context.config.settings.state_directory).find(held.id);
    if (!found) return found.error();
    return load_checked_plan(found->path);
  };
  Reviewed reviewed{std::move(load), held, std::move(schools)};
  co_return co_await run_reviewed(context, std::move(reviewed), std::move(cause));
}

Result<std::string> reject_held(Context& context, const std::string& id, const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  // The plan is looked for when no other process can decide on it any more.
  auto lock = RunLock::take(state, "hold reject by " + cause.actor);
  if (!lock) return lock.error();
  Holds holds(state);
  auto held = holds.find(id);
  if (!held) return held.error();
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::append);
  if (!journal) return journal.error();
  if (auto written =
          append_event(**journal, AuditType::rejected, cause, "plan " + held->id + " rejected");
      !written)
    return written.error();
  if (auto dropped = holds.drop(*held); !dropped) return dropped.error();
  return held->id;
}

}  // namespace entsync
