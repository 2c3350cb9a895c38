#pragma once
/// Who is at the other end of a unix socket: the kernel's word for the process, the account
/// database's for name and groups.

#include <sys/types.h>

#include <functional>
#include <optional>

#include "control/message.hpp"
#include "core/problem.hpp"

namespace entsync::control {

struct Peer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

/// SO_PEERCRED: who the process was when it connected.
std::optional<Peer> peer_of(int socket);

using Identify = std::function<Caller(const Peer&)>;

/// The number of a group.
Result<gid_t> group_number(const std::string& name);

/// Roles by the account's groups and the group of the process. The names are looked up now, the
/// account at each call: somebody who is taken out of a group loses the role with the next
/// connection. Refused when a group does not exist.
Result<Identify> identify_by_groups(const RoleGroups& groups);

}  // namespace entsync::control
