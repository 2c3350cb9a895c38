#pragma once
/// Who may come in over the network, and with which certificate the daemon shows itself: read from
/// files as a whole or not at all, then immutable until the next reload. Never without
/// authentication: without tokens or an authority for client certificates there is no access.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "control/peer.hpp"
#include "control/roles.hpp"
#include "control/tokens.hpp"
#include "core/problem.hpp"

namespace entsync::control {

/// A certificate is known by its SHA-256, not by a name in it: names are given by whoever runs the
/// authority, and two certificates may have one.
struct CertificateHolder {
  std::string name;
  Role role = Role::viewer;
  std::vector<std::string> sha256{};  ///< of each certificate (DER), 64 lower-case digits
  Schools schools{};                  ///< that the role is limited to; empty: it is for all
};

struct NetworkSettings {
  std::string address{};  ///< empty: no network
  std::uint16_t port = 0;
  bool all_interfaces = false;
  std::filesystem::path certificate_file{};  ///< with its chain, PEM
  std::filesystem::path key_file{};
  std::filesystem::path client_ca_file{};
  std::filesystem::path tokens_file{};
  std::vector<CertificateHolder> holders{};
};

class NetworkAccess {
 public:
  static Result<std::shared_ptr<NetworkAccess>> load(const NetworkSettings& settings);

  [[nodiscard]] const boost::asio::ip::tcp::endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] boost::asio::ssl::context& tls() { return tls_; }

  /// By the token of the request or, when it brings none, by the certificate of the connection. A
  /// token that is wrong is not made good by a certificate.
  [[nodiscard]] Identity identify(const Peer& peer, std::string_view authorization) const;

 private:
  explicit NetworkAccess(boost::asio::ip::tcp::endpoint endpoint);
  [[nodiscard]] Identity by_token(std::string_view authorization) const;
  [[nodiscard]] Identity by_certificate(const std::string& sha256) const;

  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::ssl::context tls_;
  Tokens tokens_;
  std::vector<CertificateHolder> holders_;
};

}  // namespace entsync::control
