#pragma once
/// The control API: HTTP/1.1 with JSON on a unix socket, on one executor, without threads. Owns the
/// socket file and the connections. Who calls is what the kernel says (SO_PEERCRED) and the groups
/// of that account; nobody without a role gets anything but 403. A handler that throws is answered
/// with 500 and reported; the server goes on. The only calls that may block are look-ups of
/// accounts and groups (NSS): one for each connection that sends a request, meant for local files.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "control/callbacks.hpp"
#include "control/endpoint.hpp"
#include "control/limits.hpp"
#include "control/peer.hpp"
#include "core/problem.hpp"

namespace entsync::control {

struct ServerSettings {
  std::filesystem::path socket;  ///< in a folder that exists, e.g. /run/entsync/control.sock
  std::string socket_group{};    ///< may connect; empty: the group of the process
  RoleGroups groups{};
  Limits limits{};
};

class Server {
 public:
  /// Throws std::invalid_argument for endpoints that contradict each other. `identify` replaces the
  /// look-up of the peer's account.
  Server(asio::any_io_executor executor, ServerSettings settings, std::vector<Endpoint> endpoints,
         Callbacks callbacks, Identify identify = {});
  /// Ends at once what stop() left.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Makes the socket and starts to accept. A socket file of a dead daemon is replaced.
  Result<void> listen();

  /// Removes the socket file and ends all connections: idle ones at once, those in a handler with
  /// its answer, streams with an event "end"; whatever is left after Limits::closing_time is cut.
  void stop();

  [[nodiscard]] std::size_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace entsync::control
