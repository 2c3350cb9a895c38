#include "control/local_listener.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "control/socket_file.hpp"

namespace entsync::control {
namespace {

using boost::system::error_code;
using LocalSocket = asio::local::stream_protocol::socket;

class LocalTransport : public Transport {
 public:
  explicit LocalTransport(LocalSocket socket)
      : socket_(std::move(socket)), peer_(peer_of(socket_.native_handle())) {}

  asio::any_io_executor executor() override { return socket_.get_executor(); }

  asio::awaitable<Opening> open() override { co_return Opening{true}; }

  [[nodiscard]] const Peer& peer() const override { return peer_; }

  asio::awaitable<std::size_t> read_some(asio::mutable_buffer to, error_code& error) override {
    co_return co_await socket_.async_read_some(asio::buffer(to),
                                               asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<void> write(std::string_view bytes, error_code& error) override {
    co_await asio::async_write(socket_, asio::buffer(bytes),
                               asio::redirect_error(asio::use_awaitable, error));
  }

  asio::awaitable<void> finish(error_code& error) override {
    socket_.shutdown(LocalSocket::shutdown_send, error);
    co_return;
  }

  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  [[nodiscard]] bool is_open() const override { return socket_.is_open(); }

  /// The buffer of a new socket is empty: it takes this at once.
  void turn_away(std::string_view answer) override {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::buffer(answer), ignored);
  }

 private:
  LocalSocket socket_;
  Peer peer_;
};

class LocalListener : public Listener {
 public:
  LocalListener(const asio::any_io_executor& executor, LocalSettings settings)
      : settings_(std::move(settings)), acceptor_(executor) {}

  Result<Identify> open() override {
    auto identify = identify_by_groups(settings_.groups);
    if (!identify) return identify.error();
    auto made = SocketFile::make(settings_.socket, settings_.socket_group);
    if (!made) return made.error();
    file_.emplace(std::move(*made));
    acceptor_.assign(asio::local::stream_protocol(), file_->release());
    return identify;
  }

  asio::awaitable<std::unique_ptr<Transport>> accept(error_code& error) override {
    LocalSocket socket(acceptor_.get_executor());
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return nullptr;
    co_return std::make_unique<LocalTransport>(std::move(socket));
  }

  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
    file_.reset();
  }

  [[nodiscard]] std::string name() const override { return settings_.socket.string(); }

 private:
  LocalSettings settings_;
  asio::local::stream_protocol::acceptor acceptor_;
  std::optional<SocketFile> file_;
};

}  // namespace

std::unique_ptr<Listener> local_listener(const asio::any_io_executor& executor,
                                         LocalSettings settings) {
  return std::make_unique<LocalListener>(executor, std::move(settings));
}

}  // namespace entsync::control
