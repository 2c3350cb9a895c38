#include "runtime/administration/endpoints.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "runtime/files.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds between_events{500};

/// Reports are named by their run: nothing else leads to a file.
bool is_run_id(const std::string& text) {
  return !text.empty() && text.size() < 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'T' || c == 'Z' || c == '-';
  });
}

fs::path reports(const Desk& desk) {
  return desk.state_directory() / "reports";
}

Answer runs(Desk& desk) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry(reports(desk), error);
       !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().extension() == ".txt") ids.push_back(entry->path().stem().string());
  std::ranges::sort(ids, std::greater<>());
  constexpr std::size_t most = 100;
  if (ids.size() > most) ids.resize(most);
  json::array list;
  for (const std::string& id : ids) list.push_back(json::object{{"run", id}});
  return Answer::json(json::object{{"runs", list}});
}

Answer run(Desk& desk, const Request& request) {
  const std::string id = parameter(request, "id");
  if (is_run_id(id))
    if (auto report = read_file(reports(desk) / (id + ".txt")))
      return Answer::json(json::object{{"run", id}, {"report", *report}});
  return Answer::problem(404, Problem{Severity::error,
                                      "ADM-002",
                                      {{}, 0, id},
                                      "there is no report of such a run",
                                      "see: entsync run list"});
}

Answer start_run(Desk& desk, const Request& request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  if (!desk.note_order(request, "a run", reason)) return not_journaled();
  auto id = desk.steering.ask_for_run(actor_of(request), reason);
  if (!id) return Answer::problem(409, id.error());
  return Answer::json(json::object{{"run", *id}}, 202);
}

Answer cancel(Desk& desk, const Request& request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const ServiceView view = desk.steering.view();
  std::string run = text_in(request, "run");
  if (run.empty() && view.underway) run = view.underway->cause.run;
  const bool is_known = (view.underway && view.underway->cause.run == run) ||
                        (view.beside && view.beside->cause.run == run);
  if (is_known && !desk.note_order(request, "cancel " + run, reason)) return not_journaled();
  if (auto cancelled = desk.steering.cancel(run); !cancelled)
    return Answer::problem(409, cancelled.error());
  return Answer::json(json::object{{"run", run}}, 202);
}

/// The state twice a second while something is under way; whoever comes late sees all of it.
asio::awaitable<void> follow(std::shared_ptr<Desk> desk, control::EventStream stream) {
  asio::steady_timer timer(desk->context.loop);
  std::optional<std::string> followed;
  while (stream.is_open()) {
    const ServiceView view = desk->steering.view();
    if (view.underway) followed = view.underway->cause.run;
    const bool ended = !view.underway;
    std::string data = json::serialize(desk->status());
    if (!co_await stream.send(ended ? "ended" : "progress", std::move(data))) co_return;
    if (ended) co_return;
    timer.expires_after(between_events);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace

void add_runs(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  using R = const Request&;
  endpoints.add_ready("GET", "/v1/runs", Role::viewer, [desk](R) { return runs(*desk); });
  endpoints.add_ready("GET", "/v1/runs/{id}", Role::viewer,
                      [desk](R request) { return run(*desk, request); });
  endpoints.add_ready("POST", "/v1/runs", Role::operator_,
                      [desk](R request) { return start_run(*desk, request); });
  endpoints.add_ready("POST", "/v1/runs/current/cancel", Role::operator_,
                      [desk](R request) { return cancel(*desk, request); });
  endpoints.add_stream("GET", "/v1/runs/current/events", Role::viewer,
                       [desk](const Request&, control::EventStream stream) {
                         return follow(desk, std::move(stream));
                       });
}

}  // namespace entsync
