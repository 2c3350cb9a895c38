#pragma once
/// The control API: HTTP/1.1 with JSON on one listener, on one executor, without threads. Owns the
/// listener and the connections. Who calls is what the listener knows; who is not known gets
/// nothing but 401, who has no role nothing but 403. A handler that throws is answered with 500 and
/// reported; the server goes on. A second listener is a second server, so that the clients of one
/// never use up what the other's may take.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "control/callbacks.hpp"
#include "control/endpoint.hpp"
#include "control/limits.hpp"
#include "control/listener.hpp"
#include "control/roles.hpp"
#include "core/problem.hpp"

namespace entsync::control {

struct ServerSettings {
  Limits limits{};
  RoleGroups groups{};  ///< whose members have a role, to tell who lacks one
};

class Server {
 public:
  /// Throws std::invalid_argument for endpoints that contradict each other. `identify` replaces
  /// what the listener says of its clients.
  Server(asio::any_io_executor executor, std::unique_ptr<Listener> listener,
         ServerSettings settings, std::vector<Endpoint> endpoints, Callbacks callbacks,
         Identify identify = {});
  /// Ends at once what stop() left.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Opens the listener and starts to accept.
  Result<void> listen();

  /// Closes the listener and ends all connections: idle ones at once, those in a handler with
  /// its answer, streams with an event "end"; whatever is left after Limits::closing_time is cut.
  void stop();

  [[nodiscard]] std::size_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace entsync::control
