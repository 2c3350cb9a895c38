#pragma once
/// The coming days on paper from the live directory and the present deliveries: gathers both like a
/// run, and simulates instead of planning. Whoever shows more than counts journals the reading.

#include "context.hpp"
#include "core/year_ahead.hpp"

namespace entsync {

asio::awaitable<Result<std::vector<YearDay>>> simulate_days(Context& context, Date from, Date to);

}  // namespace entsync
