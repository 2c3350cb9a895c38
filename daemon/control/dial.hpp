#pragma once
/// Outgoing connections: TCP, and TLS that knows the name it asked for. The time of each is the
/// stream's own; only the look-up of a name has its time from the resolver of the system.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <filesystem>

#include "control/url.hpp"
#include "core/problem.hpp"

namespace entsync::control {

namespace asio = boost::asio;

using TcpStream = boost::beast::tcp_stream;
using TlsStream = asio::ssl::stream<TcpStream>;

/// A context that trusts the authorities of the file, or of the system when it is empty.
Result<asio::ssl::context> trusting(const std::filesystem::path& authorities);

asio::awaitable<void> dial(TcpStream& stream, const Url& url, boost::system::error_code& error);
/// Also verifies the certificate, and that it is of the host of the address.
asio::awaitable<void> dial(TlsStream& stream, const Url& url, boost::system::error_code& error);

}  // namespace entsync::control
