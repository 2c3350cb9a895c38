#include "runtime/administration/endpoints.hpp"

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

asio::awaitable<Answer> sync(std::shared_ptr<Desk> desk, Request request) {
  const ScopeText text{text_in(request, "person"), text_in(request, "class"),
                       text_in(request, "school"), text_in(request, "academie"),
                       text_in(request, "profil")};
  auto scope = parse_scope(text);
  if (!scope) co_return Answer::problem(400, scope.error());
  if (scope->is_everything())
    co_return bad_request("no person, class, school, academie or profil is named",
                          "for everything: POST /v1/runs");
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) co_return reason_missing();
  const Cause cause{new_run_id(), actor_of(request), reason};
  const Scope wanted = *scope;
  if (flag_in(request, "plan_only")) {
    const Steering::Turn turn = co_await desk->steering.take_turn(cause);
    if (!turn) co_return Answer::problem(503, daemon_is_ending());
    const DryRun dry = co_await plan_only(desk->context, wanted);
    if (dry.problems.has_errors()) co_return Answer::problem(status_of(dry.problems), dry.problems);
    if (!record(desk->context, AuditType::read, cause, "plan of " + to_string(wanted) + " shown"))
      co_return not_journaled();
    co_return Answer::json(json::object{{"plan", render(dry.plan) + render_pending(dry.pending)},
                                        {"digest", plan_digest(dry.plan)},
                                        {"exit_code", dry.exit_code}});
  }
  const std::string agreed = text_in(request, "agreed");
  std::function<asio::awaitable<RunResult>()> work = [desk, wanted, agreed, cause] {
    ScopedRun what{wanted, agreed, std::chrono::seconds(60)};
    return synchronise_scope(desk->context, std::move(what), cause);
  };
  const RunResult result = co_await desk->steering.alone(cause, std::move(work));
  co_return result_answer(result);
}

asio::awaitable<Answer> explain(std::shared_ptr<Desk> desk, Request request) {
  const std::string subject = parameter(request, "subject");
  if (subject.empty())
    co_return bad_request("no subject is named", "add ?subject=AC-X/Eleve/123 or a DN");
  const Cause cause{new_run_id(), actor_of(request), "explain"};
  const Steering::Turn turn = co_await desk->steering.take_turn(cause);
  if (!turn) co_return Answer::problem(503, daemon_is_ending());
  std::string attribute = parameter(request, "attribute");
  std::string asked = subject;
  auto texts =
      co_await explain_journaled(desk->context, std::move(asked), std::move(attribute), cause);
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
  endpoints.add("POST", "/v1/sync", Role::operator_,
                [desk](Request request) { return sync(desk, std::move(request)); });
  endpoints.add("GET", "/v1/explain", Role::operator_,
                [desk](Request request) { return explain(desk, std::move(request)); });
}

}  // namespace entsync
