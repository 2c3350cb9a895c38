#include "runtime/rights.hpp"

#include "runtime/administration/endpoints.hpp"
#include "runtime/instant.hpp"
#include "runtime/run_on.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

json::object line_json(const RegisterEntry& entry) {
  json::array confirmations;
  for (const DeletionConfirmation& one : entry.confirmations)
    confirmations.push_back(
        json::object{{"actor", one.actor}, {"reason", one.reason}, {"at", one.at}});
  return json::object{{"register", to_string(entry.which)},
                      {"subject", entry.subject},
                      {"state", to_string(entry.state)},
                      {"since", entry.since.iso()},
                      {"notice", entry.notice},
                      {"directive", entry.directive},
                      {"evidence", entry.evidence},
                      {"actor", entry.actor},
                      {"reason", entry.reason},
                      {"at", entry.changed_at},
                      {"confirmations", confirmations},
                      {"text", render(entry)}};
}

json::object lines_json(const std::vector<RegisterEntry>& entries) {
  json::array lines;
  for (const RegisterEntry& entry : entries) lines.push_back(line_json(entry));
  return json::object{{"lines", lines}};
}

asio::awaitable<Answer> list_rights(std::shared_ptr<Desk> desk, Request request) {
  const std::string subject = parameter(request, "subject");
  auto read = [desk, subject] {
    auto entries = read_rights(desk->context, subject);
    if (!entries) return Answer::problem(status_of(entries.error()), entries.error());
    return Answer::json(lines_json(*entries));
  };
  const Answer answer = co_await run_on(desk->context.workers, std::move(read));
  const Cause cause{new_run_id(), actor_of(request), "rights"};
  const std::string what = subject.empty() ? "registers of persons" : "registers about " + subject;
  if (answer.status == 200 && !record(desk->context, AuditType::read, cause, what + " shown"))
    co_return not_journaled();
  co_return answer;
}

Answer order_rights(Desk& desk, const Request& request, RightsVerb verb) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const RightsOrder order{verb,
                          text_in(request, "subject"),
                          text_in(request, "date"),
                          text_in(request, "evidence"),
                          text_in(request, "directive"),
                          text_in(request, "register")};
  if (order.subject.empty())
    return bad_request("no subject is named", "add \"subject\": \"AC-X/Eleve/123\"");
  const Cause cause{new_run_id(), actor_of(request), reason};
  auto line = carry_out(desk.context, order, cause);
  if (!line) return Answer::problem(status_of(line.error()), line.error());
  return Answer::json(lines_json({*line}));
}

}  // namespace

void add_rights(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints.add("GET", "/v1/rights", Role::operator_,
                [desk](Request request) { return list_rights(desk, std::move(request)); });
  const auto add = [&](const char* method, const char* pattern, RightsVerb verb) {
    endpoints.add_ready(method, pattern, Role::operator_, [desk, verb](const Request& request) {
      return order_rights(*desk, request, verb);
    });
  };
  add("POST", "/v1/rights/restrict", RightsVerb::restrict);
  add("POST", "/v1/rights/lift", RightsVerb::lift);
  add("POST", "/v1/rights/object", RightsVerb::object);
  add("POST", "/v1/rights/accept", RightsVerb::accept);
  add("POST", "/v1/rights/refuse", RightsVerb::refuse);
  add("POST", "/v1/rights/withdraw", RightsVerb::withdraw);
  add("POST", "/v1/rights/death", RightsVerb::death);
  add("POST", "/v1/rights/confirm-deletion", RightsVerb::confirm_deletion);
}

}  // namespace entsync
