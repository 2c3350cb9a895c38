#pragma once
/// Compares a server with what the rules and the program need; see Directory::check().

#include "connectors/ldap/link.hpp"

namespace entsync::ldap {

asio::awaitable<ServerReport> check_server(LinkPtr link, ServerCheck what);

}  // namespace entsync::ldap
