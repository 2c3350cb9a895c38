#pragma once
/// TLS as both ends of the control API and the webhook use it: 1.2 or newer, the peer verified,
/// nothing renegotiated or resumed.

#include <boost/asio/ssl/context.hpp>
#include <filesystem>

#include "core/problem.hpp"

struct ssl_st;

namespace entsync::control {

/// A context that has the properties above, and no certificate yet.
boost::asio::ssl::context tls_context(boost::asio::ssl::context::method method);

/// The certificate (with its chain) that this end shows, and its key, which nobody else may read.
Problems use_certificate(boost::asio::ssl::context& context,
                         const std::filesystem::path& certificate,
                         const std::filesystem::path& key);

/// Whose certificates are taken for good.
Problems trust(boost::asio::ssl::context& context, const std::filesystem::path& authorities);

/// SHA-256 of the certificate that the other end showed; empty when it showed none.
std::string peer_certificate_sha256(const ssl_st* session);

}  // namespace entsync::control
