#pragma once
/// What the server tells the rest of the daemon.

#include <functional>
#include <string>

#include "control/message.hpp"
#include "core/problem.hpp"

namespace entsync::control {

/// Somebody asked for what he may not have.
struct Refusal {
  Caller caller;
  std::string method;
  std::string path;  ///< printable, without the query
  /// The endpoint, "GET /v1/holds/{id}"; empty when there is none. Of these there are few.
  std::string verb;
  std::string why;
};

struct Callbacks {
  std::function<void(const Refusal&)> on_refused{};  ///< each 401 and 403
  std::function<void(const Problem&)> on_problem{};  ///< for the operational log
};

}  // namespace entsync::control
