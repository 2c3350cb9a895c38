#pragma once
/// What the tests of the control API share: a server with a few endpoints on a real unix socket,
/// and a client that sends whatever bytes it likes. Both live on one thread: the client's socket
/// never blocks, and what it waits for the server does while the loop runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "control/local_listener.hpp"
#include "control/server.hpp"
#include "support/folder.hpp"
#include "support/loop.hpp"

namespace entsync::control::test {

using entsync::test::Folder;
using entsync::test::Loop;
using namespace std::chrono_literals;

/// A connected socket that does not block, -1 when nobody listens.
inline int connect_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path.native(), static_cast<char*>(address.sun_path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

class RawClient {
 public:
  RawClient(Loop& loop, const std::filesystem::path& path) : RawClient(loop, connect_to(path)) {}
  /// Of a connected socket that does not block.
  RawClient(Loop& loop, int fd) : loop_(loop), fd_(fd) {
    if (fd_ < 0) throw std::runtime_error("no connection");
  }
  ~RawClient() { leave(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Sends all of it, or as much as the server takes before it closes.
  void send(std::string_view bytes) {
    loop_.run_until([&] {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno != EAGAIN;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      return bytes.empty();
    });
  }

  /// Whether this is all that it could send without the server reading.
  bool send_now(std::string_view bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  /// Everything that came, once it holds `text` this many times.
  const std::string& wait_for(std::string_view text, std::size_t times = 1) {
    loop_.run_until([&] {
      receive();
      std::size_t count = 0;
      for (std::size_t at = 0; (at = received_.find(text, at)) != std::string::npos; ++at) ++count;
      return count >= times || closed_;
    });
    return received_;
  }

  /// Everything that came until the server closed.
  const std::string& wait_for_end() {
    loop_.run_until([&] {
      receive();
      return closed_;
    });
    return received_;
  }

  [[nodiscard]] bool is_closed() {
    receive();
    return closed_;
  }

  void leave() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  void receive() {
    std::string part(65536, '\0');
    while (!closed_) {
      const ssize_t size = ::recv(fd_, part.data(), part.size(), 0);
      if (size < 0 && errno == EAGAIN) return;
      if (size <= 0)
        closed_ = true;
      else
        received_.append(part.data(), static_cast<std::size_t>(size));
    }
  }

  Loop& loop_;
  int fd_;
  std::string received_;
  bool closed_ = false;
};

class ControlTest : public ::testing::Test {
 protected:
  ControlTest() {
    local.socket = folder.path() / "control.sock";
    settings.limits.request_time = 300ms;
    settings.limits.idle_time = 300ms;
    settings.limits.answer_time = 300ms;
    settings.limits.stream_stall = 300ms;
    settings.limits.closing_time = 300ms;
    settings.limits.heartbeat = 50ms;
  }

  /// Callers get `roles`, or what the system says when there are none.
  void start(std::optional<Roles> roles = {}) {
    local.groups = settings.groups;
    start_on(local_listener(loop.context().get_executor(), local), roles);
  }

  void start_on(std::unique_ptr<Listener> listener, std::optional<Roles> roles = {}) {
    Identify identify;
    if (roles)
      identify = [roles](const Peer&, std::string_view) {
        return Identity{Caller{"somebody", "user", *roles, {}}, {}};
      };
    Callbacks callbacks{[this](const Refusal& refusal) { refusals.push_back(refusal); },
                        [this](const Problem& problem) { problems.push_back(problem); }};
    server = std::make_unique<Server>(loop.context().get_executor(), std::move(listener), settings,
                                      endpoints(), std::move(callbacks), std::move(identify));
    const auto listening = server->listen();
    ASSERT_TRUE(listening) << to_string(listening.error());
  }

  std::unique_ptr<RawClient> connect() { return std::make_unique<RawClient>(loop, local.socket); }

  /// The answer to a request after which the connection is closed.
  std::string ask(std::string_view request) {
    const auto client = connect();
    client->send(request);
    return client->wait_for_end();
  }
  std::string get(const std::string& path) {
    return ask("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
  }

  void wait_until_nobody_is_left() {
    loop.run_until([this] { return server->connections() == 0; });
  }

  std::vector<Endpoint> endpoints() {
    std::vector<Endpoint> list;
    const auto plain = [&list](std::string method, std::string pattern, Role role, auto handle) {
      list.push_back({std::move(method), std::move(pattern), role, std::move(handle), {}});
    };
    plain("GET", "/v1/status", Role::viewer, [](Request request) -> asio::awaitable<Answer> {
      co_return Answer::json({request.caller.name});
    });
    plain("GET", "/v1/journal", Role::auditor,
          [](Request) -> asio::awaitable<Answer> { co_return Answer::json("journal"); });
    plain("POST", "/v1/echo/{id}", Role::operator_, [](Request request) -> asio::awaitable<Answer> {
      const std::string id = request.parameters.at("id");
      co_return Answer::json({id, request.body});
    });
    plain("GET", "/v1/throws", Role::viewer, [](Request) -> asio::awaitable<Answer> {
      throw std::runtime_error("secret of the handler");
      co_return Answer{};
    });
    plain("GET", "/v1/large", Role::viewer, [](Request) -> asio::awaitable<Answer> {
      co_return Answer{200, "text/plain", std::string(std::size_t{8} << 20U, 'x'), {}};
    });
    plain("GET", "/v1/slow", Role::viewer, [this](Request) -> asio::awaitable<Answer> {
      begun = true;
      asio::steady_timer timer(co_await asio::this_coro::executor, 100ms);
      co_await timer.async_wait(asio::use_awaitable);
      finished = true;
      co_return Answer::json("slow");
    });
    list.push_back({"GET", "/v1/events", Role::viewer, {}, [this](Request, EventStream stream) {
                      return few_events(stream);
                    }});
    list.push_back({"GET", "/v1/flood", Role::viewer, {}, [this](Request, EventStream stream) {
                      return flood(stream);
                    }});
    list.push_back({"GET", "/v1/wait", Role::viewer, {}, [this](Request, EventStream) {
                      return wait_for_ever();
                    }});
    list.push_back({"GET",
                    "/v1/throwing-events",
                    Role::viewer,
                    {},
                    [](Request, EventStream) -> asio::awaitable<void> {
                      throw std::runtime_error("secret of the handler");
                      co_return;
                    }});
    return list;
  }

  asio::awaitable<void> few_events(EventStream stream) {
    for (int i = 0; i < 3; ++i) {
      const std::string number = std::to_string(i);
      if (!co_await stream.send("number", number)) co_return;
    }
  }

  asio::awaitable<void> flood(EventStream stream) {
    const std::string data(1000, 'x');
    begun = true;
    while (co_await stream.send("flood", data)) ++sent;
    finished = true;
  }

  asio::awaitable<void> wait_for_ever() {
    struct AtEnd {
      bool& flag;
      ~AtEnd() { flag = true; }
    } const at_end{finished};
    begun = true;
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
  }

  Loop loop;
  Folder folder;
  LocalSettings local;
  ServerSettings settings;
  std::vector<Refusal> refusals;
  std::vector<Problem> problems;
  bool begun = false;
  bool finished = false;
  std::size_t sent = 0;
  std::unique_ptr<Server> server;
};

}  // namespace entsync::control::test
