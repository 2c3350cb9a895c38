#include "control/network_access.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <utility>

#include "control/bearer.hpp"
#include "control/tls.hpp"
#include "secret/secret.hpp"

namespace entsync::control {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

constexpr std::size_t longest_tokens_file = std::size_t{1} << 20U;

Problem refused(const std::string& key, std::string what, std::string remedy) {
  return {Severity::error,
          "CTL-040",
          {{}, 0, "control.tcp." + key},
          std::move(what),
          std::move(remedy)};
}

Result<asio::ip::tcp::endpoint> endpoint_of(const NetworkSettings& settings) {
  boost::system::error_code error;
  asio::ip::address address = asio::ip::make_address(settings.address, error);
  if (error)
    return refused("address", "'" + settings.address + "' is not an IP address",
                   "write one of this machine, e.g. 127.0.0.1");
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  if (address.is_unspecified() && !settings.all_interfaces)
    return refused("address", "this address means all interfaces",
                   "name one interface, or add all_interfaces = true");
  return asio::ip::tcp::endpoint(address, settings.port);
}

Result<Tokens> tokens_of(const std::filesystem::path& file) {
  if (file.empty()) return Tokens();
  const auto text = read_secret_file(
      file, longest_tokens_file,
      {"CTL-042", "CTL-043", "CTL-042", "the tokens file", "control.tcp.tokens_file"});
  if (!text) return text.error();
  return Tokens::parse(text->text(), file.string());
}

Date today() {
  return Date(std::chrono::year_month_day(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())));
}

Identity nobody(std::string why) {
  return {{}, std::move(why)};
}

/// Without schools the role is for all of them.
Identity somebody(const std::string& name, const std::string& kind, Role role,
                  const Schools& schools) {
  Caller caller{name, kind, {}, {}};
  if (schools.empty())
    caller.roles.add(role);
  else
    caller.limited.add(role, schools);
  return {std::move(caller), {}};
}

}  // namespace

NetworkAccess::NetworkAccess(asio::ip::tcp::endpoint endpoint)
    : endpoint_(std::move(endpoint)), tls_(tls_context(ssl::context::tls_server)) {}

Result<std::shared_ptr<NetworkAccess>> NetworkAccess::load(const NetworkSettings& settings) {
  Problems problems;
  const bool by_certificate = !settings.client_ca_file.empty() && !settings.holders.empty();
  if (!by_certificate && settings.tokens_file.empty())
    problems.add(refused("address", "nobody could show who he is",
                         "add tokens_file, or client_ca_file with [[control.tcp.client]]"));
  auto endpoint = endpoint_of(settings);
  if (!endpoint) problems.append(endpoint.error());
  auto tokens = tokens_of(settings.tokens_file);
  if (!tokens) problems.append(tokens.error());
  if (problems.has_errors()) return problems;
  std::shared_ptr<NetworkAccess> access(new NetworkAccess(*endpoint));
  problems.append(use_certificate(access->tls_, settings.certificate_file, settings.key_file));
  if (by_certificate) {
    problems.append(trust(access->tls_, settings.client_ca_file));
    ssl::verify_mode mode = ssl::verify_peer;
    if (settings.tokens_file.empty()) mode |= ssl::verify_fail_if_no_peer_cert;
    access->tls_.set_verify_mode(mode);
  }
  if (problems.has_errors()) return problems;
  access->tokens_ = std::move(*tokens);
  access->holders_ = settings.holders;
  return access;
}

Identity NetworkAccess::identify(const Peer& peer, std::string_view authorization) const {
  if (!authorization.empty()) return by_token(authorization);
  const auto* network = std::get_if<NetworkPeer>(&peer);
  if (network != nullptr && !network->certificate.empty())
    return by_certificate(network->certificate);
  return nobody("there is no token and no certificate");
}

Identity NetworkAccess::by_token(std::string_view authorization) const {
  const std::string_view secret = bearer_token(authorization);
  if (secret.empty()) return nobody("the field Authorization holds no bearer token");
  const auto found = tokens_.find(secret, today());
  if (const auto* why = std::get_if<std::string>(&found)) return nobody(*why);
  const Token& token = *std::get<const Token*>(found);
  return somebody(token.name, "token", token.role, token.schools);
}

Identity NetworkAccess::by_certificate(const std::string& sha256) const {
  for (const CertificateHolder& holder : holders_)
    if (std::ranges::find(holder.sha256, sha256) != holder.sha256.end())
      return somebody(holder.name, "certificate", holder.role, holder.schools);
  return nobody("no [[control.tcp.client]] has the certificate with SHA-256 " + sha256);
}

}  // namespace entsync::control
