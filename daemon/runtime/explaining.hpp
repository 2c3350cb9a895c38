#pragma once
/// `explain` on live data: gathers both sides like a run and explains instead of planning.

#include "core/explain.hpp"
#include "planning.hpp"

namespace entsync {

asio::awaitable<Result<std::vector<Explanation>>> explain_now(Context& context, std::string what,
                                                              std::string attribute);

}  // namespace entsync
