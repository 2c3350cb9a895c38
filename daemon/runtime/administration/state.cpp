#include "runtime/administration/endpoints.hpp"

#include <charconv>
#include <chrono>

#include "core/calendar_expression.hpp"
#include "runtime/delivery_store.hpp"
#include "runtime/holds.hpp"
#include "runtime/instant.hpp"
#include "runtime/metrics.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

Answer health(Desk& desk) {
  const ServiceView view = desk.steering.view();
  const auto held = Holds(desk.state_directory()).list();
  const bool failed = view.last && view.last->exit_code == exit_failed;
  const bool waits = !held || !held->empty();
  const char* state = failed ? "failed" : waits ? "held" : "ok";
  return Answer::json(json::object{{"state", state}}, failed || waits ? 503 : 200);
}

constexpr unsigned usual_times = 10;
constexpr unsigned most_times = 1000;

Answer schedule(Desk& desk, const Request& request) {
  const std::string asked = parameter(request, "count");
  unsigned count = usual_times;
  if (!asked.empty()) {
    const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), count);
    if (error != std::errc() || end != asked.data() + asked.size() || count == 0 ||
        count > most_times)
      return bad_request("'" + asked + "' is no number of times", "allowed: 1 to 1000");
  }
  json::array times;
  json::array run;
  auto time = present_second();
  const config::Schedule& schedule = desk.context.config.settings.schedule;
  for (const CalendarExpression& expression : schedule.run)
    run.push_back(json::value(expression.text()));
  for (unsigned i = 0; i < count; ++i) {
    const auto next = next_of(schedule.run, time, desk.zone);
    if (!next) break;
    times.push_back(json::value(desk.zone.text(*next)));
    time = *next;
  }
  return Answer::json(
      json::object{{"time_zone", schedule.time_zone}, {"run", run}, {"next", times}});
}

Answer deliveries(Desk& desk) {
  json::array list;
  for (const StoredDelivery& stored : DeliveryStore(desk.state_directory()).list())
    list.push_back(json::object{{"academie", stored.academie},
                                {"name", stored.path.filename().string()},
                                {"state", to_string(stored.state)},
                                {"since", desk.zone.text(stored.since)}});
  return Answer::json(json::object{{"deliveries", list}});
}

Answer metrics(Desk& desk) {
  Answer answer;
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = metrics_text(desk.context.config.settings, desk.steering.view());
  return answer;
}

Answer stop(Desk& desk, const Request& request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const std::string asked = text_in(request, "mode");
  const auto mode = parse_stop_mode(asked.empty() ? to_string(StopMode::normal) : asked);
  if (!mode) return bad_request("'" + asked + "' is no way to stop", "allowed: normal, drain, now");
  const std::string name(to_string(*mode));
  if (!desk.note_order(request, "stop " + name, reason)) return not_journaled();
  desk.steering.stop(*mode);
  return Answer::json(json::object{{"mode", name}}, 202);
}

Answer reload(Desk& desk, const Request& request) {
  if (!desk.note_order(request, "reload", text_in(request, "reason"))) return not_journaled();
  const Problems problems = desk.steering.reload();
  if (problems.has_errors())
    return Answer::json(json::object{{"taken", false}, {"problems", problems_json(problems)}}, 409);
  return Answer::json(json::object{{"taken", true}});
}

}  // namespace

void add_state(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  using R = const Request&;
  endpoints.add_ready("GET", "/v1/status", Role::viewer,
                      [desk](R) { return Answer::json(desk->status()); });
  // Neither tells of a school.
  endpoints.add_ready("GET", "/v1/health", Role::viewer, [desk](R) { return health(*desk); })
      .by_school = true;
  endpoints.add_ready("GET", "/v1/metrics", Role::viewer, [desk](R) { return metrics(*desk); });
  endpoints
      .add_ready("GET", "/v1/schedule", Role::viewer,
                 [desk](R request) { return schedule(*desk, request); })
      .by_school = true;
  endpoints.add_ready("GET", "/v1/deliveries", Role::viewer,
                      [desk](R) { return deliveries(*desk); });
  endpoints.add_ready("POST", "/v1/stop", Role::operator_,
                      [desk](R request) { return stop(*desk, request); });
  endpoints.add_ready("POST", "/v1/reload", Role::operator_,
                      [desk](R request) { return reload(*desk, request); });
}

}  // namespace entsync
