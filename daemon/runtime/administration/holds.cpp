#include "runtime/administration/endpoints.hpp"

#include "core/render.hpp"
#include "runtime/apply_saved.hpp"
#include "runtime/instant.hpp"
#include "runtime/run_on.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

json::object hold_json(const Holds& holds, const HeldPlan& held) {
  json::object object{{"id", held.id}};
  if (auto file = load_plan(held.path)) {
    object["run"] = file->plan.id;
    object["changes"] = file->plan.changes.size();
    json::array reasons;
    for (const Hold& hold : file->holds) reasons.push_back(json::value(to_string(hold)));
    object["reasons"] = reasons;
  }
  json::array approvals;
  if (auto given = holds.approvals(held))
    for (const Approval& approval : *given)
      approvals.push_back(json::object{{"actor", approval.actor}, {"at", approval.at}});
  object["approvals"] = approvals;
  return object;
}

/// Plans may be long: they are read beside the loop.
asio::awaitable<Answer> holds(std::shared_ptr<Desk> desk) {
  auto read = [state = desk->state_directory()] {
    const Holds holds(state);
    auto held = holds.list();
    if (!held) return Answer::problem(500, held.error());
    json::array list;
    for (const HeldPlan& one : *held) list.push_back(hold_json(holds, one));
    return Answer::json(json::object{{"holds", list}});
  };
  co_return co_await run_on(desk->context.workers, std::move(read));
}

asio::awaitable<Answer> hold(std::shared_ptr<Desk> desk, Request request) {
  auto read = [state = desk->state_directory(), id = parameter(request, "id")] {
    const Holds holds(state);
    auto held = holds.find(id);
    if (!held) return Answer::problem(404, held.error());
    auto file = load_plan(held->path);
    if (!file) return Answer::problem(500, file.error());
    json::object answer = hold_json(holds, *held);
    answer["plan"] = render(file->plan);
    answer["summary"] = render(file->plan.counts());
    return Answer::json(answer);
  };
  const Answer answer = co_await run_on(desk->context.workers, std::move(read));
  const Cause cause{new_run_id(), actor_of(request), "review"};
  if (answer.status == 200 && !record(desk->context, AuditType::read, cause,
                                      "held plan " + parameter(request, "id") + " shown"))
    co_return not_journaled();
  co_return answer;
}

asio::awaitable<Answer> approve(std::shared_ptr<Desk> desk, Request request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) co_return reason_missing();
  auto held = Holds(desk->state_directory()).find(parameter(request, "id"));
  if (!held) co_return Answer::problem(404, held.error());
  const Cause cause{new_run_id(), actor_of(request), reason};
  const std::vector<std::string> schools = texts_in(request, "schools");
  std::function<asio::awaitable<RunResult>()> work = [desk, held, schools, cause] {
    return approve_held(desk->context, *held, schools, cause);
  };
  const RunResult result = co_await desk->steering.alone(cause, std::move(work));
  co_return result_answer(result);
}

Answer reject(Desk& desk, const Request& request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const Cause cause{new_run_id(), actor_of(request), reason};
  auto rejected = reject_held(desk.context, parameter(request, "id"), cause);
  if (!rejected) return Answer::problem(status_of(rejected.error()), rejected.error());
  return Answer::json(json::object{{"rejected", *rejected}});
}

}  // namespace

void add_holds(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints.add("GET", "/v1/holds", Role::viewer, [desk](const Request&) { return holds(desk); });
  endpoints.add("GET", "/v1/holds/{id}", Role::operator_,
                [desk](Request request) { return hold(desk, std::move(request)); });
  endpoints.add("POST", "/v1/holds/{id}/approve", Role::operator_,
                [desk](Request request) { return approve(desk, std::move(request)); });
  endpoints.add_ready("POST", "/v1/holds/{id}/reject", Role::operator_,
                      [desk](const Request& request) { return reject(*desk, request); });
}

}  // namespace entsync
