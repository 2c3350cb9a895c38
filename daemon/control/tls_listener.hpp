#pragma once
/// The control API over TCP, for clients of other machines: TLS from the first byte. Until its
/// handshake is done a client has a place among the connections of its address, and little time.

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "control/listener.hpp"
#include "control/network_access.hpp"

namespace entsync::control {

std::unique_ptr<Listener> tls_listener(const asio::any_io_executor& executor,
                                       std::shared_ptr<NetworkAccess> access);

}  // namespace entsync::control
