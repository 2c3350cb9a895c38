#include "control/dial.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "control/tls.hpp"

namespace entsync::control {
namespace {

using boost::system::error_code;

}  // namespace

Result<asio::ssl::context> trusting(const std::filesystem::path& authorities) {
  asio::ssl::context context = tls_context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_peer);
  if (authorities.empty()) {
    context.set_default_verify_paths();
  } else if (Problems problems = trust(context, authorities); problems.has_errors()) {
    return problems;
  }
  return context;
}

asio::awaitable<void> dial(TcpStream& stream, const Url& url, error_code& error) {
  asio::ip::tcp::resolver resolver(stream.get_executor());
  const auto found = co_await resolver.async_resolve(
      url.host, url.port, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  co_await stream.async_connect(found, asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> dial(TlsStream& stream, const Url& url, error_code& error) {
  co_await dial(stream.next_layer(), url, error);
  if (error) co_return;
  if (!url.is_address()) SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, error));
}

}  // namespace entsync::control
