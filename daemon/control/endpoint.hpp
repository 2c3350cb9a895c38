#pragma once
/// One thing that the control API can do: a method, a path pattern, the role that it needs, and the
/// function that does it. Handlers run on the server's executor, and never for somebody without
/// the role. A GET endpoint answers HEAD too.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "control/event_stream.hpp"
#include "control/message.hpp"
#include "control/roles.hpp"

namespace entsync::control {

struct Endpoint {
  std::string method;
  /// "/v1/holds/{id}/approve": a segment in braces matches any one segment. A literal segment is
  /// preferred to a parameter.
  std::string pattern;
  Role role = Role::operator_;  ///< that is needed
  /// Runs to its end even if the client leaves: what was begun is finished.
  std::function<asio::awaitable<Answer>(Request)> handle{};
  /// Instead of `handle`: answers with events until it returns. When the client leaves or the
  /// server stops, what it waits for is cancelled (terminal cancellation), so that it may wait for
  /// as long as it likes.
  std::function<asio::awaitable<void>(Request, EventStream)> stream{};
  /// Whether somebody may ask who has the role for some schools only: what is done and answered is
  /// then of Request::schools alone. An answer 403 is reported like every refusal.
  bool by_school = false;
};

}  // namespace entsync::control
