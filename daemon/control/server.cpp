#include "control/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <map>
#include <unordered_map>
#include <utility>

#include "control/connection.hpp"

namespace entsync::control {
namespace {

using boost::system::error_code;

/// Before the next try when no descriptor is left for a client.
constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

class Server::State : public std::enable_shared_from_this<State> {
 public:
  State(const asio::any_io_executor& executor, std::unique_ptr<Listener> listener,
        ServerSettings settings, Router router, Callbacks callbacks, Identify identify)
      : limits_(settings.limits),
        executor_(executor),
        listener_(std::move(listener)),
        pause_(executor),
        closing_(executor),
        shared_(std::make_shared<Shared>(Shared{
            std::move(router), limits_, std::move(settings.groups), std::move(callbacks),
            std::move(identify), RateLimiter(limits_.requests_per_second, limits_.request_burst),
            RateLimiter(limits_.refusals_per_second, limits_.refusal_burst)})) {}

  Result<void> listen() {
    auto identify = listener_->open();
    if (!identify) return identify.error();
    if (!shared_->identify) shared_->identify = std::move(*identify);
    // Held from here on: the server may be gone before the coroutine begins.
    asio::co_spawn(executor_, accept(), [self = shared_from_this()](const std::exception_ptr&) {});
    return {};
  }

  void stop() {
    close_listener();
    for (const auto& connection : copy_of_connections()) connection->stop();
    if (connections_.empty()) return;
    closing_.expires_after(limits_.closing_time);
    closing_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
      if (const auto self = weak.lock(); self && !cancelled) self->cut();
    });
  }

  /// At once and for good.
  void end() {
    close_listener();
    cut();
  }

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  void close_listener() {
    stopping_ = true;
    listener_->close();
    pause_.cancel();
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
    bool reported = false;  // once for each time that descriptors run out
    while (!stopping_) {
      error_code error;
      std::unique_ptr<Transport> client = co_await listener_->accept(error);
      if (stopping_) co_return;
      if (client) {
        reported = false;
        welcome(std::move(client));
        continue;
      }
      if (!std::exchange(reported, true)) report(error);
      pause_.expires_after(accept_pause);
      error_code cancelled;
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }

  void welcome(std::unique_ptr<Transport> client) {
    const std::string source = source_of(client->peer());
    const auto own = of_source_.find(source);
    const bool source_has_all =
        own != of_source_.end() && own->second >= limits_.connections_per_source;
    if (source_has_all || connections_.size() >= limits_.connections)
      return client->turn_away(answer_text(too_many_connections(source_has_all), false));
    const auto connection = std::make_shared<Connection>(std::move(client), shared_);
    connections_.emplace(connection.get(), connection);
    ++of_source_[source];
    auto done = [self = shared_from_this(), connection](const std::exception_ptr& error) {
      self->leave(connection, error);
    };
    asio::co_spawn(executor_, connection->run(), std::move(done));
  }

  static Answer too_many_connections(bool of_source) {
    return Answer::problem(503, Problem{Severity::error,
                                        "CTL-023",
                                        {},
                                        of_source ? "this user or address has too many connections"
                                                  : "the daemon has too many connections",
                                        "close one, or try again later"});
  }

  void leave(const std::shared_ptr<Connection>& connection, const std::exception_ptr& error) {
    connection->cut();
    connections_.erase(connection.get());
    if (const auto own = of_source_.find(connection->source()); --own->second == 0)
      of_source_.erase(own);
    if (connections_.empty()) closing_.cancel();
    if (error) report_defect(error);
  }

  void report(const error_code& error) const {
    tell({Severity::warning,
          "CTL-007",
          {listener_->name(), 0, {}},
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
            {listener_->name(), 0, {}},
            std::string("a connection was broken off: ") + thrown.what(),
            "report a defect"});
    }
  }

  void tell(const Problem& problem) const {
    if (shared_->callbacks.on_problem) shared_->callbacks.on_problem(problem);
  }

  Limits limits_;
  asio::any_io_executor executor_;
  std::unique_ptr<Listener> listener_;
  asio::steady_timer pause_;
  asio::steady_timer closing_;
  std::shared_ptr<Shared> shared_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> of_source_;
  bool stopping_ = false;
};

Server::Server(asio::any_io_executor executor, std::unique_ptr<Listener> listener,
               ServerSettings settings, std::vector<Endpoint> endpoints, Callbacks callbacks,
               Identify identify)
    : state_(std::make_shared<State>(executor, std::move(listener), std::move(settings),
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
