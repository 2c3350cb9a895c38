#pragma once
/// The unix socket: its clients are processes of this machine, and who they are is what the kernel
/// says (SO_PEERCRED). Roles come from the groups of the account, looked up with the first request
/// of a connection; that look-up may block (NSS) and is meant for local files.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "control/listener.hpp"
#include "control/roles.hpp"

namespace entsync::control {

struct LocalSettings {
  std::filesystem::path socket;  ///< in a folder that exists, e.g. /run/entsync/control.sock
  std::string socket_group{};    ///< may connect; empty: the group of the process
  RoleGroups groups{};
};

std::unique_ptr<Listener> local_listener(const asio::any_io_executor& executor,
                                         LocalSettings settings);

}  // namespace entsync::control
