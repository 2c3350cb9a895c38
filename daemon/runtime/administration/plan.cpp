#include "core/plan.hpp"

#include "core/render.hpp"
#include "runtime/administration/endpoints.hpp"
#include "runtime/instant.hpp"
#include "runtime/plan_file.hpp"
#include "runtime/run_on.hpp"
#include "runtime/synchronise.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

/// What one answer holds of a plan: more is for a file. Clients take 64 MiB, and quoting may double
/// a text.
constexpr std::size_t most_changes_sent = 50'000;
constexpr std::size_t longest_plan_sent = std::size_t{24} << 20U;
/// Counts are to stay small whatever was found.
constexpr std::size_t holds_in_summary = 20;
constexpr std::size_t rejected_in_plan = 5;

enum class PlanForm : std::uint8_t { counts, text, json };

Answer too_large() {
  return Answer::problem(
      413,
      Problem{Severity::error,
              "ADM-013",
              {},
              "the plan is larger than an answer may be (" + std::to_string(most_changes_sent) +
                  " changes, " + std::to_string(longest_plan_sent >> 20U) + " MiB)",
              "ask with \"summary\": true, or on the daemon's host: entsync plan --out FILE"});
}

std::string verdict_text(const Verdict& verdict, PlanForm form) {
  const std::size_t count = verdict.holds.size();
  if (form != PlanForm::counts || count <= holds_in_summary) return render(verdict);
  Verdict first;
  first.season = verdict.season;
  first.holds.assign(verdict.holds.begin(), verdict.holds.begin() + holds_in_summary);
  return render(first) + "and " + std::to_string(count - holds_in_summary) + " more are held\n";
}

Answer plan_answer(const DryRun& dry, PlanForm form) {
  json::object answer{{"counts", render(dry.plan.counts())},
                      {"verdict", verdict_text(dry.verdict, form)},
                      {"rejected", render_rejected(dry.report, rejected_in_plan)},
                      {"changes", dry.plan.changes.size()},
                      {"summary", last_line(dry.report)},
                      {"exit_code", dry.exit_code}};
  if (form == PlanForm::counts) return Answer::json(answer);
  if (dry.plan.changes.size() + dry.pending.changes.size() > most_changes_sent) return too_large();
  const std::string plan = form == PlanForm::json
                               ? plan_json(dry.plan, dry.verdict.holds, dry.after)
                               : render(dry.plan) + render_pending(dry.pending);
  if (plan.size() > longest_plan_sent) return too_large();
  answer["plan"] = plan;
  return Answer::json(answer);
}

std::optional<PlanForm> form_in(const Request& request) {
  if (flag_in(request, "summary")) return PlanForm::counts;
  const std::string form = text_in(request, "form");
  if (form.empty() || form == "text") return PlanForm::text;
  if (form == "json") return PlanForm::json;
  return std::nullopt;
}

asio::awaitable<Answer> plan(std::shared_ptr<Desk> desk, Request request) {
  const auto form = form_in(request);
  if (!form) co_return bad_request("a plan has no such form", "allowed: text, json");
  const bool shows_persons = *form != PlanForm::counts;
  std::string reason = text_in(request, "reason");
  // Counts are nobody's and leave no trace.
  if (reason.empty() && shows_persons) co_return reason_missing();
  if (reason.empty()) reason = "plan";
  const auto wait = wait_in(request);
  if (!wait) co_return wait_is_none();
  const Cause cause{new_run_id(), actor_of(request), reason};
  ScopedRun what{everything, {}, *wait};
  auto dry = std::make_shared<DryRun>(co_await desk->steering.plan_part(std::move(what), cause));
  if (dry->problems.has_errors())
    co_return Answer::problem(status_of(dry->problems), dry->problems);
  auto writing = [dry, form = *form] { return plan_answer(*dry, form); };
  dry.reset();
  const Answer answer = co_await run_on(desk->context.workers, std::move(writing));
  if (shows_persons && answer.status == 200 &&
      !record(desk->context, AuditType::read, cause, "plan of everything shown"))
    co_return not_journaled();
  co_return answer;
}

}  // namespace

void add_plan(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints.add("POST", "/v1/plan", Role::operator_,
                [desk](Request request) { return plan(desk, std::move(request)); });
}

}  // namespace entsync
