#include "runtime/administration/administration.hpp"

#include "runtime/administration/endpoints.hpp"

namespace entsync {

std::vector<control::Endpoint> administration(Context& context, Steering& steering) {
  const auto desk = std::make_shared<Desk>(context, steering);
  Endpoints endpoints;
  add_state(endpoints, desk);
  add_runs(endpoints, desk);
  add_holds(endpoints, desk);
  add_requests(endpoints, desk);
  add_reviews(endpoints, desk);
  add_rights(endpoints, desk);
  add_plan(endpoints, desk);
  add_on_demand(endpoints, desk);
  add_audit(endpoints, desk);
  add_registry(endpoints, desk);
  return endpoints.take();
}

}  // namespace entsync
