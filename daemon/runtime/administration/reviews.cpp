#include "runtime/reviews.hpp"

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

json::object review_json(const OpenReview& review) {
  json::array candidates;
  for (std::size_t i = 0; i < review.item.candidates.size(); ++i)
    candidates.push_back(
        json::object{{"entry", review.item.candidates[i]},
                     {"keys", i < review.item.keys.size() ? review.item.keys[i] : std::string()}});
  return json::object{{"subject", review.item.subject},
                      {"since", review.since},
                      {"reason", review.item.reason},
                      {"decidable", review.item.decidable && !candidates.empty()},
                      {"candidates", candidates}};
}

json::array decisions_json(const std::vector<TakenDecision>& decisions) {
  json::array list;
  for (const TakenDecision& taken : decisions) {
    const bool is_link = taken.decision.kind == ReviewDecision::Kind::link;
    list.push_back(json::object{{"subject", taken.decision.subject},
                                {"entry", taken.decision.entry},
                                {"decision", is_link ? "link" : "separate"},
                                {"actor", taken.actor},
                                {"reason", taken.reason},
                                {"at", taken.at}});
  }
  return list;
}

asio::awaitable<Answer> reviews(std::shared_ptr<Desk> desk, Request request) {
  const std::string subject = parameter(request, "subject");
  auto read = [state = desk->state_directory(), subject] {
    auto list = read_reviews(state, subject);
    if (!list) return Answer::problem(500, list.error());
    json::array open;
    for (const OpenReview& one : list->open) open.push_back(review_json(one));
    return Answer::json(
        json::object{{"reviews", open}, {"decisions", decisions_json(list->decisions)}});
  };
  const Answer answer = co_await run_on(desk->context.workers, std::move(read));
  const Cause cause{new_run_id(), actor_of(request), "review"};
  const std::string what = subject.empty() ? "review list" : "review of " + subject;
  if (answer.status == 200 && !record(desk->context, AuditType::read, cause, what + " shown"))
    co_return not_journaled();
  co_return answer;
}

Answer decide(Desk& desk, const Request& request, ReviewDecision::Kind kind) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const ReviewOrder order{kind, text_in(request, "subject"), text_in(request, "entry")};
  if (order.subject.empty())
    return bad_request("no subject is named", "add \"subject\": \"AC-X/Eleve/123\"");
  const Cause cause{new_run_id(), actor_of(request), reason};
  auto taken = decide_review(desk.context, order, cause);
  if (!taken) return Answer::problem(status_of(taken.error()), taken.error());
  return Answer::json(json::object{{"decisions", decisions_json(*taken)}});
}

}  // namespace

void add_reviews(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints.add("GET", "/v1/reviews", Role::operator_,
                [desk](Request request) { return reviews(desk, std::move(request)); });
  endpoints.add_ready("POST", "/v1/reviews/link", Role::operator_, [desk](const Request& request) {
    return decide(*desk, request, ReviewDecision::Kind::link);
  });
  endpoints.add_ready("POST", "/v1/reviews/separate", Role::operator_,
                      [desk](const Request& request) {
                        return decide(*desk, request, ReviewDecision::Kind::separate);
                      });
}

}  // namespace entsync
