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

}  // namespace entsync::programs
