#include "daemon_address.hpp"

#include "session.hpp"

namespace entsync::programs {

void add_address_options(CLI::App& command, DaemonAddress& address) {
  command
      .add_option("--url", address.url,
                  "Daemon on the network, https://HOST[:PORT], instead of the socket")
      ->envname("ENTSYNC_URL");
  command
      .add_option("--ca-file", address.ca_file,
                  "Authorities to trust there; without it those of the system")
      ->envname("ENTSYNC_CA_FILE");
  command.add_option("--token-file", address.token_file, "File with your token")
      ->envname("ENTSYNC_TOKEN_FILE");
  command
      .add_option("--certificate", address.certificate_file, "Your certificate, instead of a token")
      ->envname("ENTSYNC_CERTIFICATE");
  command.add_option("--key", address.key_file, "Its key")->envname("ENTSYNC_KEY");
}

std::optional<control::ClientSettings> client_settings(const std::string& config,
                                                       const DaemonAddress& address) {
  control::ClientSettings client;
  if (!address.url.empty()) {
    client.url = address.url;
    client.ca_file = address.ca_file;
    client.token_file = address.token_file;
    client.certificate_file = address.certificate_file;
    client.key_file = address.key_file;
    return client;
  }
  Problems warnings;
  auto settings = config::load_settings(config, warnings);
  if (!settings) {
    print(settings.error());
    return std::nullopt;
  }
  if (settings->control.socket.empty()) {
    print(Problem{Severity::error,
                  "ADM-010",
                  {config, 0, "control.socket"},
                  "the daemon of this configuration has no control socket",
                  "add [control] with socket = \"/run/entsync/control.sock\""});
    return std::nullopt;
  }
  client.socket = settings->control.socket;
  return client;
}

std::optional<control::Reply> reach_daemon(const std::string& config, const DaemonAddress& address,
                                           std::string_view method, const std::string& target,
                                           const std::optional<boost::json::value>& body,
                                           std::chrono::milliseconds time) {
  auto client = client_settings(config, address);
  if (!client) return std::nullopt;
  client->answer_time = time;
  auto reply = control::ask(*client, method, target, body);
  if (reply) return std::move(*reply);
  print(reply.error());
  return std::nullopt;
}

std::optional<control::Reply> ask_daemon(const std::string& config, const DaemonAddress& address,
                                         std::string_view method, const std::string& target,
                                         const std::optional<boost::json::value>& body,
                                         std::chrono::milliseconds time) {
  auto reply = reach_daemon(config, address, method, target, body, time);
  if (!reply || reply->status < 300) return reply;
  print(control::problem_of(*reply));
  return std::nullopt;
}

}  // namespace entsync::programs
