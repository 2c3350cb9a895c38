#include "control/tls_listener.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "control/tls.hpp"

namespace entsync::control {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

/// Who has one address of a network of IPv6 has all of its 64 bits.
std::string share_of(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const asio::ip::address_v6 six = address.to_v6();
  if (six.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
  asio::ip::address_v6::bytes_type bytes = six.to_bytes();
  for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0;
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

class TlsTransport : public Transport {
 public:
  TlsTransport(tcp::socket socket, std::shared_ptr<NetworkAccess> access, NetworkPeer peer)
      : access_(std::move(access)),
        stream_(std::move(socket), access_->tls()),
        peer_(std::move(peer)) {}

  asio::any_io_executor executor() override { return stream_.get_executor(); }

  asio::awaitable<Opening> open() override {
    error_code error;
    co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                     asio::redirect_error(asio::use_awaitable, error));
    SSL* const session = stream_.native_handle();
    const long verified = SSL_get_verify_result(session);
    Opening opening{!error, {}};
    if (error && verified != X509_V_OK)
      opening.refused =
          std::string("its certificate is not valid: ") + X509_verify_cert_error_string(verified);
    if (!error) std::get<NetworkPeer>(peer_).certificate = peer_certificate_sha256(session);
    co_return opening;
  }

  [[nodiscard]] const Peer& peer() const override { return peer_; }

  asio::awaitable<std::size_t> read_some(asio::mutable_buffer to, error_code& error) override {
    const asio::mutable_buffers_1 buffer(to);
    if (finished_)
      co_return co_await stream_.next_layer().async_read_some(
          buffer, asio::redirect_error(asio::use_awaitable, error));
    co_return co_await stream_.async_read_some(buffer,
                                               asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<void> write(std::string_view bytes, error_code& error) override {
    co_await asio::async_write(stream_, asio::buffer(bytes),
                               asio::redirect_error(asio::use_awaitable, error));
  }

  /// That the other end does not answer the goodbye, or still sends, is no error: what it sends is
  /// then read as it comes, undecrypted.
  asio::awaitable<void> finish(error_code& error) override {
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    finished_ = true;
    stream_.next_layer().shutdown(tcp::socket::shutdown_send, error);
  }

  void cancel() override {
    error_code ignored;
    stream_.next_layer().cancel(ignored);
  }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  [[nodiscard]] bool is_open() const override { return stream_.next_layer().is_open(); }

  /// Before the handshake there is no way to say it.
  void turn_away(std::string_view) override { close(); }

 private:
  std::shared_ptr<NetworkAccess> access_;
  asio::ssl::stream<tcp::socket> stream_;
  Peer peer_;
  bool finished_ = false;
};

class TlsListener : public Listener {
 public:
  TlsListener(const asio::any_io_executor& executor, std::shared_ptr<NetworkAccess> access)
      : access_(std::move(access)), acceptor_(executor) {}

  Result<Identify> open() override {
    error_code error;
    const tcp::endpoint& endpoint = access_->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return Problem{Severity::error,
                     "CTL-046",
                     {name(), 0, "control.tcp"},
                     "the network address cannot be listened on: " + error.message(),
                     "check control.tcp.address and port, and who else uses them"};
    return Identify([access = access_](const Peer& peer, std::string_view authorization) {
      return access->identify(peer, authorization);
    });
  }

  asio::awaitable<std::unique_ptr<Transport>> accept(error_code& error) override {
    tcp::socket socket(acceptor_.get_executor());
    tcp::endpoint from;
    co_await acceptor_.async_accept(socket, from, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return nullptr;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    NetworkPeer peer{share_of(from.address()), {}};
    co_return std::make_unique<TlsTransport>(std::move(socket), access_, std::move(peer));
  }

  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

  [[nodiscard]] std::string name() const override {
    const tcp::endpoint& at = access_->endpoint();
    return "https://" + at.address().to_string() + ":" + std::to_string(at.port());
  }

 private:
  std::shared_ptr<NetworkAccess> access_;
  tcp::acceptor acceptor_;
};

}  // namespace

std::unique_ptr<Listener> tls_listener(const asio::any_io_executor& executor,
                                       std::shared_ptr<NetworkAccess> access) {
  return std::make_unique<TlsListener>(executor, std::move(access));
}

}  // namespace entsync::control
