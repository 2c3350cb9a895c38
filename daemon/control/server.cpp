#include "control/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "control/connection.hpp"
#include "control/socket_file.hpp"

namespace entsync::control {
namespace {

using boost::system::error_code;

/// Before the next try when no descriptor is left for a client.
constexpr std::chrono::milliseconds accept_pause{100};

/// To a client that gets no connection. The buffer of a new socket is empty: it takes this at once.
void turn_away(Connection::Socket& socket, unsigned status, Problem problem) {
  const std::string text = answer_text(Answer::problem(status, std::move(problem)), false);
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
}

}  // namespace

class Server::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::any_io_executor executor, ServerSettings settings, Router router, Callbacks callbacks,
        Identify identify)
      : settings_(std::move(settings)),
        acceptor_(executor),
        pause_(executor),
        closing_(executor),
        shared_(std::make_shared<Shared>(Shared{
            std::move(router), settings_.limits, settings_.groups, std::move(callbacks),
            std::move(identify),
            RateLimiter(settings_.limits.requests_per_second, settings_.limits.request_burst)})) {}

  Result<void> listen() {
    if (!shared_->identify) {
      auto identify = identify_by_groups(settings_.groups);
      if (!identify) return identify.error();
      shared_->identify = std::move(*identify);
    }
    auto made = SocketFile::make(settings_.socket, settings_.socket_group);
    if (!made) return made.error();
    file_.emplace(std::move(*made));
    acceptor_.assign(asio::local::stream_protocol(), file_->release());
    asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
    return {};
  }

  void stop() {
    close_socket();
    for (const auto& connection : copy_of_connections()) connection->stop();
    if (connections_.empty()) return;
    closing_.expires_after(settings_.limits.closing_time);
    closing_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
      if (const auto self = weak.lock(); self && !cancelled) self->cut();
    });
  }

  /// At once and for good.
  void end() {
    close_socket();
    cut();
  }

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  void close_socket() {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    file_.reset();
  }

  void cut() {
    for (const auto& connection : copy_of_connections()) connection->cut();
  }

  /// A connection that ends leaves the map.
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> copy_of_connections() const {
    std::vector<std::shared_ptr<Connection>> list;
    for (const auto& [address, connection] : connections_) list.push_back(connection);
    return list;
  }

  asio::awaitable<void> accept() {
    const auto self = shared_from_this();
    bool reported = false;  // once for each time that descriptors run out
    while (!stopping_) {
      Connection::Socket socket(acceptor_.get_executor());
      error_code error;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (stopping_) co_return;
      if (!error) {
        reported = false;
        welcome(std::move(socket));
        continue;
      }
      if (!std::exchange(reported, true)) report(error);
      pause_.expires_after(accept_pause);
      error_code cancelled;
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }

  void welcome(Connection::Socket socket) {
    const auto peer = peer_of(socket.native_handle());
    if (!peer) return turn_away_unknown(socket);
    const auto own = of_user_.find(peer->uid);
    const bool user_has_all =
        own != of_user_.end() && own->second >= settings_.limits.connections_per_user;
    if (user_has_all || connections_.size() >= settings_.limits.connections)
      return turn_away(socket, 503,
                       {Severity::error,
                        "CTL-023",
                        {},
                        user_has_all ? "this user has too many connections"
                                     : "the daemon has too many connections",
                        "close one, or try again later"});
    const auto connection = std::make_shared<Connection>(std::move(socket), shared_, *peer);
    connections_.emplace(connection.get(), connection);
    ++of_user_[peer->uid];
    auto done = [self = shared_from_this(), connection](const std::exception_ptr& error) {
      self->leave(connection, error);
    };
    asio::co_spawn(acceptor_.get_executor(), connection->run(), std::move(done));
  }

  void turn_away_unknown(Connection::Socket& socket) {
    if (shared_->callbacks.on_refused)
      shared_->callbacks.on_refused({Caller{"unknown", static_cast<uid_t>(-1), 0, {}, {}}, "", "",
                                     "", "the system does not say who it is"});
    turn_away(socket, 401,
              {Severity::error,
               "CTL-016",
               {},
               "the system does not say who you are",
               "connect from an account of this machine"});
  }

  void leave(const std::shared_ptr<Connection>& connection, const std::exception_ptr& error) {
    connection->cut();
    connections_.erase(connection.get());
    if (const auto own = of_user_.find(connection->user()); --own->second == 0) of_user_.erase(own);
    if (connections_.empty()) closing_.cancel();
    if (error) report_defect(error);
  }

  void report(const error_code& error) const {
    tell({Severity::warning,
          "CTL-007",
          {settings_.socket.string(), 0, {}},
          "a client could not be accepted: " + error.message(),
          "raise the limit of open files of the service"});
  }

  /// A connection ends by itself; whatever it throws is memory or a defect.
  void report_defect(const std::exception_ptr& error) const {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
      tell({Severity::error,
            "CTL-008",
            {settings_.socket.string(), 0, {}},
            std::string("a connection was broken off: ") + thrown.what(),
            "report a defect"});
    }
  }

  void tell(const Problem& problem) const {
    if (shared_->callbacks.on_problem) shared_->callbacks.on_problem(problem);
  }

  ServerSettings settings_;
  asio::local::stream_protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::steady_timer closing_;
  std::shared_ptr<Shared> shared_;
  std::optional<SocketFile> file_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::map<uid_t, std::size_t> of_user_;
  bool stopping_ = false;
};

Server::Server(asio::any_io_executor executor, ServerSettings settings,
               std::vector<Endpoint> endpoints, Callbacks callbacks, Identify identify)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings),
                                     Router(std::move(endpoints)), std::move(callbacks),
                                     std::move(identify))) {}

Server::~Server() {
  state_->end();
}

Result<void> Server::listen() {
  return state_->listen();
}

void Server::stop() {
  state_->stop();
}

std::size_t Server::connections() const {
  return state_->connections();
}

}  // namespace entsync::control
