#pragma once
/// Where clients come in, and how the server knows who they are.

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "control/peer.hpp"
#include "control/transport.hpp"
#include "core/problem.hpp"

namespace entsync::control {

class Listener {
 public:
  virtual ~Listener() = default;

  /// Begins to listen; gives what tells who a request is of.
  virtual Result<Identify> open() = 0;
  /// The next client.
  virtual asio::awaitable<std::unique_ptr<Transport>> accept(boost::system::error_code& error) = 0;
  /// Nobody comes in any more; ends an accept() that waits.
  virtual void close() = 0;
  /// The place, as messages name it.
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace entsync::control
