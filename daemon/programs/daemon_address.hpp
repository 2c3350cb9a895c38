#pragma once
/// Where the daemon is that a command speaks to: behind the socket of the configuration, or at an
/// address of the network, with what shows who is asking. The options have defaults in the
/// environment, so that a desk far from the daemon needs no configuration of it.

#include <CLI/CLI.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "control/client.hpp"
#include "running_daemon.hpp"

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

/// Its answer, whatever that is; nothing after the problem of reaching it was printed.
std::optional<control::Reply> reach_daemon(const std::string& config, const DaemonAddress& address,
                                           std::string_view method, const std::string& target,
                                           const std::optional<boost::json::value>& body = {},
                                           std::chrono::milliseconds time = time_to_look);
/// The same for an answer that says it is done; nothing after what was refused was printed too.
std::optional<control::Reply> ask_daemon(const std::string& config, const DaemonAddress& address,
                                         std::string_view method, const std::string& target,
                                         const std::optional<boost::json::value>& body = {},
                                         std::chrono::milliseconds time = time_to_look);

}  // namespace entsync::programs
