#pragma once
/// Who is at the other end: of a unix socket the kernel's word for the process and the account
/// database's for name and groups; of a network connection its address and its certificate.

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "control/message.hpp"
#include "core/problem.hpp"

namespace entsync::control {

/// A process of this machine, as SO_PEERCRED told when it connected.
struct LocalPeer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

struct NetworkPeer {
  std::string address;        ///< of IPv6 the network of 64 bits: one site has so many addresses
  std::string certificate{};  ///< SHA-256 of the one that was verified; empty: there was none
};

/// std::monostate: nobody knows.
using Peer = std::variant<std::monostate, LocalPeer, NetworkPeer>;

/// Whose share of connections and requests a client uses: "uid 1000", "address 192.0.2.1".
std::string source_of(const Peer& peer);

/// SO_PEERCRED of a unix socket.
Peer peer_of(int socket);

/// Who a request is of, or why nobody can say.
struct Identity {
  std::optional<Caller> caller{};
  std::string why{};  ///< when there is no caller
};

/// Takes the credentials that the request itself brings (the Authorization field) beside the peer.
using Identify = std::function<Identity(const Peer&, std::string_view authorization)>;

/// The number of a group.
Result<gid_t> group_number(const std::string& name);

/// Roles by the account's groups and the group of the process. The names are looked up now, the
/// account at each call: somebody who is taken out of a group loses the role with the next
/// connection. Refused when a group does not exist.
Result<Identify> identify_by_groups(const RoleGroups& groups);

}  // namespace entsync::control
