#pragma once
/// What the control API can do, as endpoints: the state of the daemon, its runs, holds, deliveries
/// and figures, and orders to it. Described for clients in docs/openapi.json, which a test holds
/// against this. Every order is journaled with the caller's name and his reason.

#include <vector>

#include "control/endpoint.hpp"
#include "runtime/context.hpp"
#include "runtime/steering.hpp"

namespace entsync {

std::vector<control::Endpoint> administration(Context& context, Steering& steering);

}  // namespace entsync
