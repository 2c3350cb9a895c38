// The client of the command line against the server, and against what is no server. The client
// blocks, so it has a thread of its own.

#include "control/client.hpp"

#include <atomic>
#include <thread>

#include "faults/control_test.hpp"

namespace entsync::control::test {
namespace {

using ::testing::HasSubstr;

class ControlClient : public ControlTest {
 protected:
  ControlClient() {
    to.socket = local.socket;
    to.answer_time = 500ms;
    to.stream_silence = 500ms;
  }

  /// Runs the server until the client has its reply.
  template <class F>
  Result<Reply> while_serving(F talk) {
    std::optional<Result<Reply>> result;
    std::atomic<bool> done = false;
    std::thread thread([&] {
      result = talk();
      done = true;
    });
    loop.run_until([&done] { return done.load(); });
    thread.join();
    return std::move(*result);
  }
  Result<Reply> ask(std::string_view method, std::string_view target,
                    const std::optional<boost::json::value>& body = {}) {
    return while_serving([&] { return control::ask(to, method, target, body); });
  }
  Result<Reply> follow(std::string_view target, const OnEvent& on_event) {
    return while_serving([&] { return control::follow(to, target, on_event); });
  }
  static std::string code(const Result<Reply>& reply) {
    return reply ? "answered " + std::to_string(reply->status) : reply.error().list.at(0).code;
  }

  ClientSettings to;
};

TEST_F(ControlClient, AsksAndGetsAnAnswer) {
  // Eight MiB take their time under ThreadSanitizer.
  to.answer_time = 30s;
  settings.limits.answer_time = 30s;
  start();
  const auto reply = ask("POST", "/v1/echo/" + percent_encoded("a/b"), boost::json::value({1, 2}));
  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 200U);
  EXPECT_EQ(reply->content_type, "application/json");
  EXPECT_EQ(reply->body, "[\"a/b\",[1,2]]\n");
  const auto large = ask("GET", "/v1/large");
  ASSERT_TRUE(large) << to_string(large.error());
  EXPECT_EQ(large->body.size(), std::size_t{8} << 20U);
}

TEST_F(ControlClient, AProblemIsAReply) {
  start(Role::viewer);
  const auto reply = ask("POST", "/v1/echo/1", boost::json::value(std::string(1 << 20, 'x')));
  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 403U);
  EXPECT_EQ(problem_of(*reply).code, "CTL-015");
}

TEST_F(ControlClient, FollowsEvents) {
  start();
  std::string seen;
  const auto all = follow("/v1/events", [&](std::string_view event, std::string_view data) {
    seen.append(event).append("=").append(data).append(" ");
    return true;
  });
  ASSERT_TRUE(all) << to_string(all.error());
  EXPECT_EQ(seen, "number=0 number=1 number=2 ");
  int count = 0;
  const auto some =
      follow("/v1/flood", [&](std::string_view, std::string_view) { return ++count < 1000; });
  EXPECT_EQ(code(some), "answered 200");
  EXPECT_EQ(count, 1000);
  EXPECT_EQ(code(follow("/v1/nothing", {})), "answered 404");
}

TEST_F(ControlClient, SaysThatTheDaemonDoesNotRun) {
  const auto reply = control::ask(to, "GET", "/v1/status");
  ASSERT_EQ(code(reply), "CTL-030");
  EXPECT_THAT(to_string(reply.error()), HasSubstr("is it running?"));
  EXPECT_THAT(to_string(reply.error()), HasSubstr(to.socket.string()));
  to.socket = std::string(200, 'x');
  EXPECT_EQ(code(control::ask(to, "GET", "/v1/status")), "CTL-030");
}

TEST_F(ControlClient, DoesNotWaitForEver) {
  auto mute = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(to.socket.native(), static_cast<char*>(address.sun_path));
  ASSERT_EQ(::bind(mute, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(mute, 1), 0);
  EXPECT_EQ(code(control::ask(to, "GET", "/v1/status")), "CTL-032");
  EXPECT_EQ(code(control::follow(to, "/v1/events", {})), "CTL-032");
  // Nobody accepts: the queue is full.
  EXPECT_EQ(code(control::ask(to, "GET", "/v1/status")), "CTL-032");
  ::close(mute);
}

TEST_F(ControlClient, SaysThatTheConnectionBroke) {
  start();
  asio::steady_timer timer(loop.context(), 50ms);
  timer.async_wait([this](const boost::system::error_code&) { server.reset(); });
  const OnEvent take = [](std::string_view, std::string_view) { return true; };
  EXPECT_EQ(code(follow("/v1/flood", take)), "CTL-033");
}

}  // namespace
}  // namespace entsync::control::test
