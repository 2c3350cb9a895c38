#pragma once
/// Getting connected, in the order of the wire: reach the server, secure the connection, prove who
/// we are. Every step blocks (name resolution, TCP, TLS handshake, bind), so this runs on a worker;
/// the result is handed to the event loop.

#include "connectors/ldap/directory.hpp"
#include "connectors/ldap/handle.hpp"

namespace entsync::ldap {

/// A connected, secured, bound handle with referrals off, or the step that failed and what to do
/// about it. Takes at most about `connect_timeout`, name resolution excepted, which has the
/// resolver's own limits.
Result<Handle> open_connection(const ConnectOptions& options);

}  // namespace entsync::ldap
