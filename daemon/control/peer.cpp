#include "control/peer.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace entsync::control {
namespace {

/// An account or group with very many members does not fit; nobody needs more.
constexpr std::size_t largest_entry = std::size_t{1} << 20U;

/// Calls `look_up(buffer)` with a larger buffer until it does not answer ERANGE.
template <class F>
int with_buffer(std::vector<char>& buffer, F look_up) {
  int error = ERANGE;
  for (buffer.resize(4096); error == ERANGE && buffer.size() <= largest_entry;
       buffer.resize(buffer.size() * 4)) {
    do error = look_up();
    while (error == EINTR);
    if (error != ERANGE) break;
  }
  return error;
}

std::vector<gid_t> groups_of(const char* name, gid_t primary) {
  std::vector<gid_t> groups(64);
  auto count = static_cast<int>(groups.size());
  if (::getgrouplist(name, primary, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(name, primary, groups.data(), &count) < 0) return {primary};
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

Identity identify(const RoleTable& roles, const Peer& any) {
  if (!std::holds_alternative<LocalPeer>(any)) return {{}, "the system does not say who it is"};
  const LocalPeer& peer = std::get<LocalPeer>(any);
  Caller caller{source_of(any), "user", {}, {}};
  std::vector<gid_t> groups;
  std::vector<char> buffer;
  passwd entry{};
  passwd* found = nullptr;
  const auto look_up = [&] {
    return ::getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found);
  };
  if (with_buffer(buffer, look_up) == 0 && found != nullptr) {
    caller.name = entry.pw_name;
    groups = groups_of(entry.pw_name, entry.pw_gid);
  }
  groups.push_back(peer.gid);
  caller.roles = roles.of(peer.uid, groups);
  caller.limited = roles.limited_of(groups);
  return {std::move(caller), {}};
}

}  // namespace

std::string source_of(const Peer& peer) {
  if (const auto* local = std::get_if<LocalPeer>(&peer)) return "uid " + std::to_string(local->uid);
  if (const auto* network = std::get_if<NetworkPeer>(&peer)) return "address " + network->address;
  return "unknown";
}

Peer peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
  return LocalPeer{credentials.uid, credentials.gid, credentials.pid};
}

Result<gid_t> group_number(const std::string& name) {
  std::vector<char> buffer;
  group entry{};
  group* found = nullptr;
  const auto look_up = [&] {
    return ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  };
  const int error = with_buffer(buffer, look_up);
  if (error == 0 && found != nullptr) return entry.gr_gid;
  return Problem{Severity::error,
                 "CTL-004",
                 {{}, 0, name},
                 error == 0 ? "there is no such group"
                            : std::string("the group cannot be looked up: ") + std::strerror(error),
                 "make the group, or correct its name in the configuration"};
}

Result<Identify> identify_by_groups(const RoleGroups& groups) {
  RoleTable roles(::geteuid());
  Problems problems;
  const auto grant = [&](const std::vector<std::string>& names, Role role) {
    for (const std::string& name : names) {
      if (const auto number = group_number(name))
        roles.grant(*number, role);
      else
        problems.append(number.error());
    }
  };
  grant(groups.operators, Role::operator_);
  grant(groups.auditors, Role::auditor);
  grant(groups.viewers, Role::viewer);
  for (const Perimeter& perimeter : groups.perimeters) {
    if (const auto number = group_number(perimeter.group))
      roles.grant(*number, perimeter.role, perimeter.schools);
    else
      problems.append(number.error());
  }
  if (!problems.empty()) return problems;
  return Identify([roles](const Peer& peer, std::string_view) { return identify(roles, peer); });
}

}  // namespace entsync::control
