#include "runtime/administration/desk.hpp"

#include "runtime/holds.hpp"
#include "runtime/instant.hpp"
#include "runtime/workplace.hpp"

namespace entsync {

namespace json = boost::json;
using control::Answer;
using control::Request;

namespace {

json::object stage_json(const Progress::View& stage) {
  json::object object{{"stage", stage.stage},
                      {"unit", stage.unit},
                      {"done", stage.done},
                      {"seconds", stage.seconds},
                      {"running", stage.running}};
  if (stage.total > 0) {
    object["total"] = stage.total;
    if (stage.running && stage.done > 0)
      object["seconds_left"] = stage.seconds * static_cast<double>(stage.total - stage.done) /
                               static_cast<double>(stage.done);
  }
  return object;
}

}  // namespace

Desk::Desk(Context& of, Steering& by)
    : context(of),
      steering(by),
      zone(TimeZone::named(of.config.settings.schedule.time_zone).value()) {}

bool Desk::note_order(const Request& request, const std::string& order, const std::string& reason) {
  const Cause cause{new_run_id(), actor_of(request), reason};
  return record(context, AuditType::order, cause, order);
}

json::object Desk::status() const {
  const ServiceView view = steering.view();
  json::object status{{"since", zone.text(view.since)}};
  status["next_run"] = view.next ? json::value(zone.text(*view.next)) : json::value();
  if (view.underway) {
    json::array stages;
    for (const Progress::View& stage : context.progress.view())
      if (!stage.unit.empty()) stages.push_back(stage_json(stage));
    status["under_way"] = json::object{{"run", view.underway->cause.run},
                                       {"actor", view.underway->cause.actor},
                                       {"reason", view.underway->cause.reason},
                                       {"since", zone.text(view.underway->since)},
                                       {"stages", stages}};
  } else {
    status["under_way"] = nullptr;
  }
  status["beside"] = view.beside ? json::value{{"run", view.beside->cause.run},
                                               {"actor", view.beside->cause.actor},
                                               {"reason", view.beside->cause.reason},
                                               {"since", zone.text(view.beside->since)}}
                                 : json::value();
  status["parts_waiting"] = view.parts_waiting;
  if (view.last)
    status["last_run"] = json::object{{"run", view.last->cause.run},
                                      {"exit_code", view.last->exit_code},
                                      {"ended", zone.text(view.last->at)},
                                      {"seconds", view.last->seconds},
                                      {"summary", view.last->last_line}};
  else
    status["last_run"] = nullptr;
  json::array arrived;
  for (const std::string& academie : view.arrived) arrived.push_back(json::value(academie));
  status["arrived"] = arrived;
  json::array held;
  if (const auto plans = Holds(state_directory()).list())
    for (const HeldPlan& plan : *plans) held.push_back(json::value(plan.id));
  status["held"] = held;
  return status;
}

std::string actor_of(const Request& request) {
  return request.caller.actor();
}

std::string text_in(const Request& request, std::string_view key) {
  if (!request.body.is_object()) return {};
  const json::value* value = request.body.as_object().if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool flag_in(const Request& request, std::string_view key) {
  if (!request.body.is_object()) return false;
  const json::value* value = request.body.as_object().if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::vector<std::string> texts_in(const Request& request, std::string_view key) {
  std::vector<std::string> texts;
  if (!request.body.is_object()) return texts;
  const json::value* value = request.body.as_object().if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const json::value& one : value->as_array())
    if (one.is_string()) texts.emplace_back(one.as_string());
  return texts;
}

std::optional<std::chrono::seconds> wait_in(const Request& request) {
  constexpr std::chrono::seconds usual{60};
  constexpr std::chrono::seconds longest{86'400};
  const json::value* value =
      request.body.is_object() ? request.body.as_object().if_contains("wait") : nullptr;
  if (value == nullptr) return usual;
  if (!value->is_int64()) return std::nullopt;
  const std::chrono::seconds wait(value->as_int64());
  if (wait < std::chrono::seconds(0) || wait > longest) return std::nullopt;
  return wait;
}

std::string parameter(const Request& request, const std::string& name) {
  const auto found = request.parameters.find(name);
  return found == request.parameters.end() ? std::string() : found->second;
}

json::array problems_json(const Problems& problems) {
  json::array list;
  for (const Problem& problem : problems.list)
    list.push_back(json::object{{"severity", to_string(problem.severity)},
                                {"code", problem.code},
                                {"file", problem.where.file},
                                {"line", problem.where.line},
                                {"item", problem.where.item},
                                {"what", problem.what},
                                {"remedy", problem.remedy}});
  return list;
}

unsigned status_of(const Problems& problems) {
  if (!problems.list.empty() && problems.list.front().code == daemon_is_ending().code) return 503;
  for (const Problem& problem : problems.list)
    if (problem.code == "HOLD-002" || problem.code == "REV-001" || problem.code == "SCOPE-002" ||
        problem.code == "EXPL-001" || problem.code == "RGT-018")
      return 404;
  return 409;
}

Answer bad_request(std::string what, std::string remedy) {
  return Answer::problem(
      400, Problem{Severity::error, "ADM-001", {}, std::move(what), std::move(remedy)});
}

Answer outside_schools(const control::Schools& schools) {
  std::string list;
  for (const std::string& uai : schools) list += (list.empty() ? "" : ", ") + uai;
  return Answer::problem(403, Problem{Severity::error,
                                      "ADM-012",
                                      {},
                                      "this is outside the schools of your role",
                                      "name one of them: " + list});
}

Answer reason_missing() {
  return bad_request("a reason is missing", "add \"reason\": it is journaled with your name");
}

Answer wait_is_none() {
  return bad_request("wait is no number of seconds", "allowed: 0 to 86400");
}

Answer not_journaled() {
  return Answer::problem(503, Problem{Severity::error,
                                      "ADM-004",
                                      {},
                                      "this cannot be journaled now, so it is not done",
                                      "another process may be at work; ask again, or see the log"});
}

Answer result_answer(const RunResult& result) {
  if (result.exit_code == exit_failed)
    return Answer::problem(status_of(result.problems), result.problems);
  return Answer::json(json::object{{"run", result.report.run},
                                   {"exit_code", result.exit_code},
                                   {"summary", last_line(result.report)},
                                   {"problems", problems_json(result.problems)}});
}

}  // namespace entsync
