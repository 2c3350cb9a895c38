#include "network.hpp"

#include <utility>

namespace entsync {

bool has_network(const config::Control& settings) {
  return !settings.tcp.address.empty();
}

Result<std::shared_ptr<control::NetworkAccess>> network_access(const config::Control& settings) {
  const config::ControlTcp& tcp = settings.tcp;
  control::NetworkSettings network;
  network.address = tcp.address;
  network.port = tcp.port;
  network.all_interfaces = tcp.all_interfaces;
  network.certificate_file = tcp.certificate_file;
  network.key_file = tcp.key_file;
  network.client_ca_file = tcp.client_ca_file;
  network.tokens_file = tcp.tokens_file;
  for (const config::ControlClient& client : tcp.clients)
    if (const auto role = control::parse_role(client.role))
      network.holders.push_back({client.name, *role, client.certificates, client.schools});
  return control::NetworkAccess::load(network);
}

Problems check_network(const config::Control& settings) {
  if (!has_network(settings)) return {};
  const auto access = network_access(settings);
  return access ? Problems() : access.error();
}

}  // namespace entsync
