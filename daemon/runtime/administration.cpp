#include "administration.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include "apply_saved.hpp"
#include "core/render.hpp"
#include "core/time_zone.hpp"
#include "delivery_store.hpp"
#include "explaining.hpp"
#include "files.hpp"
#include "holds.hpp"
#include "instant.hpp"
#include "metrics.hpp"
#include "run_on.hpp"
#include "scoped_run.hpp"
#include "synchronise.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using control::Answer;
using control::Request;
using control::Role;

constexpr std::chrono::milliseconds between_events{500};

std::string actor_of(const Request& request) {
  return "user:" + request.caller.name;
}

Answer bad_request(std::string what, std::string remedy) {
  return Answer::problem(
      400, Problem{Severity::error, "ADM-001", {}, std::move(what), std::move(remedy)});
}

/// A text of the body; empty when it is not there.
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

std::string parameter(const Request& request, const std::string& name) {
  const auto found = request.parameters.find(name);
  return found == request.parameters.end() ? std::string() : found->second;
}

json::array problems_json(const Problems& problems) {
  json::array list;
  for (const Problem& problem : problems.list)
    list.push_back(
        json::object{{"code", problem.code}, {"what", problem.what}, {"remedy", problem.remedy}});
  return list;
}

/// 409 for what the state of things forbids, 404 for what is not there.
unsigned status_of(const Problems& problems) {
  for (const Problem& problem : problems.list)
    if (problem.code == "HOLD-002" || problem.code == "SCOPE-002" || problem.code == "EXPL-001")
      return 404;
  return 409;
}

/// Reports are named by their run: nothing else leads to a file.
bool is_run_id(const std::string& text) {
  return !text.empty() && text.size() < 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'T' || c == 'Z' || c == '-';
  });
}

class Administration {
 public:
  Administration(Context& context, Steering& steering)
      : context_(context),
        steering_(steering),
        zone_(TimeZone::named(context.config.settings.schedule.time_zone).value()) {}

  // What is ----------------------------------------------------------------------------------

  [[nodiscard]] Answer status() const { return Answer::json(status_json()); }

  /// 503 lets a probe that only looks at the status see that somebody is needed.
  [[nodiscard]] Answer health() const {
    const ServiceView view = steering_.view();
    const auto held = Holds(context_.config.settings.state_directory).list();
    const bool failed = view.last && view.last->exit_code == exit_failed;
    const bool waits = !held || !held->empty();
    const char* state = failed ? "failed" : waits ? "held" : "ok";
    return Answer::json(json::object{{"state", state}}, failed || waits ? 503 : 200);
  }

  [[nodiscard]] Answer schedule() const {
    json::array times;
    auto time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const config::Schedule& schedule = context_.config.settings.schedule;
    for (int i = 0; i < 10; ++i) {
      const auto next = next_of(schedule.run, time, zone_);
      if (!next) break;
      times.push_back(json::value(zone_.text(*next)));
      time = *next;
    }
    return Answer::json(json::object{{"time_zone", schedule.time_zone}, {"next", times}});
  }

  [[nodiscard]] Answer deliveries() const {
    json::array list;
    for (const StoredDelivery& stored :
         DeliveryStore(context_.config.settings.state_directory).list())
      list.push_back(json::object{{"academie", stored.academie},
                                  {"name", stored.path.filename().string()},
                                  {"state", to_string(stored.state)},
                                  {"since", zone_.text(stored.since)}});
    return Answer::json(json::object{{"deliveries", list}});
  }

  [[nodiscard]] Answer metrics() const {
    Answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics_text(context_.config.settings, steering_.view());
    return answer;
  }

  // Runs ---------------------------------------------------------------------------------------

  [[nodiscard]] Answer runs() const {
    std::vector<std::string> ids;
    std::error_code error;
    for (fs::directory_iterator entry(reports(), error);
         !error && entry != fs::directory_iterator(); entry.increment(error))
      if (entry->path().extension() == ".txt") ids.push_back(entry->path().stem().string());
    std::ranges::sort(ids, std::greater<>());
    constexpr std::size_t most = 100;
    if (ids.size() > most) ids.resize(most);
    json::array list;
    for (const std::string& id : ids) list.push_back(json::object{{"run", id}});
    return Answer::json(json::object{{"runs", list}});
  }

  [[nodiscard]] Answer run(const Request& request) const {
    const std::string id = parameter(request, "id");
    if (is_run_id(id))
      if (auto report = read_file(reports() / (id + ".txt")))
        return Answer::json(json::object{{"run", id}, {"report", *report}});
    return Answer::problem(404, Problem{Severity::error,
                                        "ADM-002",
                                        {{}, 0, id},
                                        "there is no report of such a run",
                                        "see: entsync run list"});
  }

  Answer start_run(const Request& request) {
    const std::string reason = text_in(request, "reason");
    if (reason.empty()) return reason_missing();
    auto id = steering_.ask_for_run(actor_of(request), reason);
    if (!id) return Answer::problem(409, id.error());
    note_order(request, "run " + *id, reason);
    return Answer::json(json::object{{"run", *id}}, 202);
  }

  Answer cancel(const Request& request) {
    const std::string reason = text_in(request, "reason");
    if (reason.empty()) return reason_missing();
    const ServiceView view = steering_.view();
    if (view.underway && !note_order(request, "cancel " + view.underway->cause.run, reason))
      return not_journaled();
    if (auto cancelled = steering_.cancel(); !cancelled)
      return Answer::problem(409, cancelled.error());
    return Answer::json(json::object{{"run", view.underway->cause.run}}, 202);
  }

  /// The state twice a second while something is under way; whoever comes late sees all of it.
  asio::awaitable<void> follow(control::EventStream stream) {
    asio::steady_timer timer(context_.loop);
    std::optional<std::string> followed;
    while (stream.is_open()) {
      const ServiceView view = steering_.view();
      if (view.underway) followed = view.underway->cause.run;
      const bool ended = !view.underway;
      std::string data = json::serialize(status_json());
      if (!co_await stream.send(ended ? "ended" : "progress", std::move(data))) co_return;
      if (ended) co_return;
      timer.expires_after(between_events);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  // Holds --------------------------------------------------------------------------------------

  /// Plans may be long: they are read beside the loop.
  asio::awaitable<Answer> holds() const {
    auto read = [state = context_.config.settings.state_directory] {
      const Holds holds(state);
      auto held = holds.list();
      if (!held) return Answer::problem(500, held.error());
      json::array list;
      for (const HeldPlan& one : *held) list.push_back(hold_json(holds, one));
      return Answer::json(json::object{{"holds", list}});
    };
    co_return co_await run_on(context_.workers, std::move(read));
  }

  asio::awaitable<Answer> hold(Request request) {
    auto read = [state = context_.config.settings.state_directory, id = parameter(request, "id")] {
      const Holds holds(state);
      auto held = holds.find(id);
      if (!held) return Answer::problem(404, held.error());
      auto file = load_plan(held->path);
      if (!file) return Answer::problem(500, file.error());
      json::object answer = hold_json(holds, *held);
      answer["plan"] = render(file->plan);
      return Answer::json(answer);
    };
    const Answer answer = co_await run_on(context_.workers, std::move(read));
    const Cause cause{new_run_id(), actor_of(request), "review"};
    if (answer.status == 200 && !record(context_, AuditType::read, cause,
                                        "held plan " + parameter(request, "id") + " shown"))
      co_return not_journaled();
    co_return answer;
  }

  asio::awaitable<Answer> approve(Request request) {
    const std::string reason = text_in(request, "reason");
    if (reason.empty()) co_return reason_missing();
    auto held = Holds(context_.config.settings.state_directory).find(parameter(request, "id"));
    if (!held) co_return Answer::problem(404, held.error());
    const Cause cause{new_run_id(), actor_of(request), reason};
    const std::vector<std::string> schools = texts_in(request, "schools");
    std::function<asio::awaitable<RunResult>()> work = [this, held, schools, cause] {
      return approve_held(context_, *held, schools, cause);
    };
    const RunResult result = co_await steering_.alone(cause, std::move(work));
    co_return result_json(result);
  }

  Answer reject(const Request& request) {
    const std::string reason = text_in(request, "reason");
    if (reason.empty()) return reason_missing();
    const Cause cause{new_run_id(), actor_of(request), reason};
    auto rejected = reject_held(context_, parameter(request, "id"), cause);
    if (!rejected) return Answer::problem(status_of(rejected.error()), rejected.error());
    return Answer::json(json::object{{"rejected", *rejected}});
  }

  // On demand ----------------------------------------------------------------------------------

  asio::awaitable<Answer> sync(Request request) {
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
      const Steering::Turn turn = co_await steering_.take_turn(cause);
      if (!turn) co_return Answer::problem(503, daemon_is_ending());
      const DryRun dry = co_await plan_only(context_, wanted);
      if (dry.problems.has_errors())
        co_return Answer::problem(status_of(dry.problems), dry.problems);
      if (!record(context_, AuditType::read, cause, "plan of " + to_string(wanted) + " shown"))
        co_return not_journaled();
      co_return Answer::json(json::object{{"plan", render(dry.plan)},
                                          {"digest", plan_digest(dry.plan)},
                                          {"exit_code", dry.exit_code}});
    }
    const std::string agreed = text_in(request, "agreed");
    std::function<asio::awaitable<RunResult>()> work = [this, wanted, agreed, cause] {
      ScopedRun what{wanted, agreed, std::chrono::seconds(60)};
      return synchronise_scope(context_, std::move(what), cause);
    };
    const RunResult result = co_await steering_.alone(cause, std::move(work));
    co_return result_json(result);
  }

  asio::awaitable<Answer> explain(Request request) {
    const std::string subject = parameter(request, "subject");
    if (subject.empty())
      co_return bad_request("no subject is named", "add ?subject=AC-X/Eleve/123 or a DN");
    const Cause cause{new_run_id(), actor_of(request), "explain"};
    const Steering::Turn turn = co_await steering_.take_turn(cause);
    if (!turn) co_return Answer::problem(503, daemon_is_ending());
    std::string attribute = parameter(request, "attribute");
    std::string asked = subject;
    auto explanations = co_await explain_now(context_, std::move(asked), std::move(attribute));
    if (!explanations)
      co_return Answer::problem(status_of(explanations.error()), explanations.error());
    if (!record(context_, AuditType::read, cause, "explanation of " + subject + " shown"))
      co_return not_journaled();
    json::array list;
    for (const Explanation& explanation : *explanations)
      list.push_back(json::value(render(explanation)));
    co_return Answer::json(json::object{{"explanations", list}});
  }

  // The daemon ---------------------------------------------------------------------------------

  Answer reload(const Request& request) {
    note_order(request, "reload", text_in(request, "reason"));
    const Problems problems = steering_.reload();
    if (problems.has_errors())
      return Answer::json(json::object{{"taken", false}, {"problems", problems_json(problems)}},
                          409);
    return Answer::json(json::object{{"taken", true}});
  }

 private:
  static Answer reason_missing() {
    return bad_request("a reason is missing", "add \"reason\": it is journaled with your name");
  }

  [[nodiscard]] fs::path reports() const {
    return context_.config.settings.state_directory / "reports";
  }

  bool note_order(const Request& request, const std::string& order, const std::string& reason) {
    const Cause cause{new_run_id(), actor_of(request), reason};
    return record(context_, AuditType::order, cause, order);
  }

  /// Nothing of persons is shown, and nothing is ordered, without a trace.
  static Answer not_journaled() {
    return Answer::problem(503,
                           Problem{Severity::error,
                                   "ADM-004",
                                   {},
                                   "this cannot be journaled now, so it is not done",
                                   "another process may be at work; ask again, or see the log"});
  }

  [[nodiscard]] json::object status_json() const {
    const ServiceView view = steering_.view();
    json::object status{{"since", zone_.text(view.since)}};
    status["next_run"] = view.next ? json::value(zone_.text(*view.next)) : json::value();
    if (view.underway) {
      json::array stages;
      for (const Progress::View& stage : context_.progress.view())
        if (!stage.unit.empty()) stages.push_back(stage_json(stage));
      status["under_way"] = json::object{{"run", view.underway->cause.run},
                                         {"actor", view.underway->cause.actor},
                                         {"reason", view.underway->cause.reason},
                                         {"since", zone_.text(view.underway->since)},
                                         {"stages", stages}};
    } else {
      status["under_way"] = nullptr;
    }
    if (view.last)
      status["last_run"] = json::object{{"run", view.last->cause.run},
                                        {"exit_code", view.last->exit_code},
                                        {"ended", zone_.text(view.last->at)},
                                        {"seconds", view.last->seconds},
                                        {"summary", view.last->last_line}};
    else
      status["last_run"] = nullptr;
    json::array arrived;
    for (const std::string& academie : view.arrived) arrived.push_back(json::value(academie));
    status["arrived"] = arrived;
    json::array held;
    if (const auto plans = Holds(context_.config.settings.state_directory).list())
      for (const HeldPlan& plan : *plans) held.push_back(json::value(plan.id));
    status["held"] = held;
    return status;
  }

  static json::object stage_json(const Progress::View& stage) {
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

  static json::object hold_json(const Holds& holds, const HeldPlan& held) {
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

  static Answer result_json(const RunResult& result) {
    if (result.exit_code == exit_failed)
      return Answer::problem(status_of(result.problems), result.problems);
    return Answer::json(json::object{{"run", result.report.run},
                                     {"exit_code", result.exit_code},
                                     {"summary", last_line(result.report)},
                                     {"problems", problems_json(result.problems)}});
  }

  Context& context_;
  Steering& steering_;
  TimeZone zone_;
};

}  // namespace

std::vector<control::Endpoint> administration(Context& context, Steering& steering) {
  const auto desk = std::make_shared<Administration>(context, steering);
  using Handle = std::function<asio::awaitable<Answer>(Request)>;
  // Most answers are ready at once.
  const auto now = [](auto answer) -> Handle {
    return [answer](Request request) -> asio::awaitable<Answer> { co_return answer(request); };
  };
  std::vector<control::Endpoint> endpoints;
  const auto add = [&endpoints](const char* method, const char* pattern, Role role, Handle handle) {
    endpoints.push_back({method, pattern, role, std::move(handle), {}});
  };
  using R = const Request&;
  add("GET", "/v1/status", Role::viewer, now([desk](R) { return desk->status(); }));
  add("GET", "/v1/health", Role::viewer, now([desk](R) { return desk->health(); }));
  add("GET", "/v1/metrics", Role::viewer, now([desk](R) { return desk->metrics(); }));
  add("GET", "/v1/schedule", Role::viewer, now([desk](R) { return desk->schedule(); }));
  add("GET", "/v1/deliveries", Role::viewer, now([desk](R) { return desk->deliveries(); }));
  add("GET", "/v1/runs", Role::viewer, now([desk](R) { return desk->runs(); }));
  add("GET", "/v1/runs/{id}", Role::viewer, now([desk](R r) { return desk->run(r); }));
  add("POST", "/v1/runs", Role::operator_, now([desk](R r) { return desk->start_run(r); }));
  add("POST", "/v1/runs/current/cancel", Role::operator_,
      now([desk](R r) { return desk->cancel(r); }));
  endpoints.push_back(
      {"GET",
       "/v1/runs/current/events",
       Role::viewer,
       {},
       [desk](Request, control::EventStream stream) { return desk->follow(std::move(stream)); }});
  add("GET", "/v1/holds", Role::viewer, [desk](const Request&) { return desk->holds(); });
  add("GET", "/v1/holds/{id}", Role::operator_,
      [desk](Request request) { return desk->hold(std::move(request)); });
  add("POST", "/v1/holds/{id}/approve", Role::operator_,
      [desk](Request request) { return desk->approve(std::move(request)); });
  add("POST", "/v1/holds/{id}/reject", Role::operator_,
      now([desk](R r) { return desk->reject(r); }));
  add("POST", "/v1/sync", Role::operator_,
      [desk](Request request) { return desk->sync(std::move(request)); });
  add("GET", "/v1/explain", Role::operator_,
      [desk](Request request) { return desk->explain(std::move(request)); });
  add("POST", "/v1/reload", Role::operator_, now([desk](R r) { return desk->reload(r); }));
  return endpoints;
}

}  // namespace entsync
