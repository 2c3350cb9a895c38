#include "runtime/administration/endpoints.hpp"

#include <chrono>
#include <optional>

#include "core/render.hpp"
#include "runtime/explaining.hpp"
#include "runtime/instant.hpp"
#include "runtime/scoped_run.hpp"
#include "runtime/synchronise.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

/// Rejected records that the text names; the report of a run lists all.
constexpr std::size_t rejected_named = 5;

Answer dry_answer(const std::string& scope, const DryRun& dry) {
  return Answer::json(json::object{{"scope", scope},
                                   {"plan", render(dry.plan) + render_pending(dry.pending)},
                                   {"verdict", render(dry.verdict)},
                                   {"rejected", render_rejected(dry.report, rejected_named)},
                                   {"changes", dry.plan.changes.size()},
                                   {"digest", plan_digest(dry.plan)},
                                   {"summary", last_line(dry.report)},
                                   {"exit_code", dry.exit_code}});
}

asio::awaitable<Answer> sync(std::shared_ptr<Desk> desk, Request request) {
  const ScopeText text{text_in(request, "person"), text_in(request, "class"),
                       text_in(request, "school"), text_in(request, "academie"),
                       text_in(request, "profil")};
  auto scope = parse_scope(text);
  if (!scope) co_return Answer::problem(400, scope.error());
  if (scope->is_everything())
    co_return bad_request("no person, class, school, academie or profil is named",
                          "for everything: POST /v1/runs");
  if (request.schools && !is_within(*scope, *request.schools))
    co_return outside_schools(*request.schools);
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) co_return reason_missing();
  const auto wait = wait_in(request);
  if (!wait) co_return wait_is_none();
  const Cause cause{new_run_id(), actor_of(request), reason};
  ScopedRun what{*scope, text_in(request, "agreed"), *wait};
  if (!flag_in(request, "plan_only")) {
    const RunResult result = co_await desk->steering.synchronise_part(std::move(what), cause);
    co_return result_answer(result);
  }
  const std::string named = to_string(what.scope);
  const DryRun dry = co_await desk->steering.plan_part(std::move(what), cause);
  if (dry.problems.has_errors()) co_return Answer::problem(status_of(dry.problems), dry.problems);
  if (!record(desk->context, AuditType::read, cause, "plan of " + named + " shown"))
    co_return not_journaled();
  co_return dry_answer(named, dry);
}

asio::awaitable<Answer> explain(std::shared_ptr<Desk> desk, Request request) {
  const std::string subject = parameter(request, "subject");
  if (subject.empty())
    co_return bad_request("no subject is named", "add ?subject=AC-X/Eleve/123 or a DN");
  const Cause cause{new_run_id(), actor_of(request), "explain"};
  const std::shared_ptr<Context> context = co_await desk->steering.read_beside();
  if (!context) co_return Answer::problem(503, daemon_is_ending());
  std::string attribute = parameter(request, "attribute");
  std::string asked = subject;
  auto texts = co_await explain_journaled(*context, std::move(asked), std::move(attribute), cause);
  if (!texts) {
    if (texts.error().list.front().code == "READ-003") co_return not_journaled();
    co_return Answer::problem(status_of(texts.error()), texts.error());
  }
  json::array list;
  for (const std::string& text : *texts) list.push_back(json::value(text));
  co_return Answer::json(json::object{{"explanations", list}});
}

}  // namespace

void add_on_demand(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints
      .add("POST", "/v1/sync", Role::operator_,
           [desk](Request request) { return sync(desk, std::move(request)); })
      .by_school = true;
  endpoints.add("GET", "/v1/explain", Role::operator_,
                [desk](Request request) { return explain(desk, std::move(request)); });
}

}  // namespace entsync
