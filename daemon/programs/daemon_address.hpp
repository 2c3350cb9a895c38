#pragma once
/// Where the daemon is that a command speaks to: behind the socket of the configuration, or at an
/// address of the network, with what shows who is asking. The options have defaults in the
/// environment, so that a desk far from the daemon needs no configuration of it.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "control/client.hpp"

namespace entsync::programs {

struct DaemonAddress {
  std::string url;
  std::string ca_file;
  std::string token_file;
  std::string certificate_file;
  std::string key_file;
};

void add_address_options(CLI::App& command, DaemonAddress& address);

/// Nothing after the problem was printed.
std::optional<control::ClientSettings> client_settings(const std::string& config,
                                                       const DaemonAddress& address);

}  // namespace entsync::programs
