#include "runtime/administration/endpoints.hpp"
#include "runtime/instant.hpp"
#include "runtime/requests_json.hpp"
#include "runtime/run_on.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

using control::Answer;
using control::Request;
using control::Role;

asio::awaitable<Answer> list_requests(std::shared_ptr<Desk> desk, Request request) {
  auto read = [&configuration = desk->context.config] {
    const auto shown = requests_json(configuration, today());
    return shown ? Answer::json(*shown) : Answer::problem(500, shown.error());
  };
  const Answer answer = co_await run_on(desk->context.workers, std::move(read));
  const Cause cause{new_run_id(), actor_of(request), "requests"};
  if (answer.status == 200 &&
      !record(desk->context, AuditType::read, cause, "accounts of requests shown"))
    co_return not_journaled();
  co_return answer;
}

}  // namespace

void add_requests(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints.add("GET", "/v1/requests", Role::operator_,
                [desk](Request request) { return list_requests(desk, std::move(request)); });
}

}  // namespace entsync
