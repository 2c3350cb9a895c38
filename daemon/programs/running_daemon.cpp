#include "running_daemon.hpp"

#include <boost/json/parse.hpp>

#include "config/load_settings.hpp"
#include "control/client.hpp"

namespace entsync::programs {

std::optional<Result<boost::json::value>> ask_running(const std::string& config,
                                                      std::string_view method,
                                                      const std::string& target) {
  Problems warnings;
  const auto settings = config::load_settings(config, warnings);
  // What is wrong with the configuration is said by the command itself.
  if (!settings || settings->control.socket.empty()) return std::nullopt;
  control::ClientSettings client;
  client.socket = settings->control.socket;
  auto reply = control::ask(client, method, target);
  if (!reply) {
    if (reply.error().list.front().code == "CTL-030") return std::nullopt;
    return Result<boost::json::value>(reply.error());
  }
  if (reply->status >= 300) return Result<boost::json::value>(control::problem_of(*reply));
  return Result<boost::json::value>(boost::json::parse(reply->body));
}

}  // namespace entsync::programs
