// The control API over TLS: who may come in, and clients that are slow, silent, foreign or rude.
// The clients of TLS block, so each has a thread of its own.

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "control/tls_listener.hpp"
#include "faults/control_test.hpp"
#include "support/certificates.hpp"

namespace entsync::control::test {
namespace {

using entsync::test::Authority;
using entsync::test::Certificate;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace ssl = asio::ssl;

/// A port that nobody uses at the moment.
std::uint16_t free_port() {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint().port();
}

int connect_to_port(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return -1;
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

class ControlTls : public ControlTest {
 protected:
  ControlTls() {
    const Certificate own = authority.issue("server", {"IP:127.0.0.1"});
    network.address = "127.0.0.1";
    network.port = free_port();
    network.certificate_file = folder.write("server.pem", own.pem);
    network.key_file = folder.write("server.key", own.key_pem);
    network.client_ca_file = folder.write("ca.pem", authority.pem());
    network.holders = {{"console", Role::operator_, {console.sha256}},
                       {"late", Role::operator_, {expired.sha256}},
                       {"stranger", Role::operator_, {foreign.sha256}}};
    network.tokens_file = folder.write(
        "tokens", token_line("probe-token", {"probe", Role::viewer}) + "\n" +
                      token_line("old", {"old", Role::viewer, {}, Date::from_iso("2020-01-01")}) +
                      "\n");
    settings.limits.opening_time = 300ms;
  }

  void start_network() {
    auto access = NetworkAccess::load(network);
    ASSERT_TRUE(access) << to_string(access.error());
    start_on(tls_listener(loop.context().get_executor(), std::move(*access)));
  }

  std::unique_ptr<RawClient> connect_raw() {
    return std::make_unique<RawClient>(loop, connect_to_port(network.port));
  }

  /// All that comes after the handshake and this request; "" when there is no connection.
  std::string visit(const std::string& request, const Certificate* with = nullptr,
                    int highest_version = TLS1_3_VERSION) {
    std::string answer;
    std::atomic<bool> done = false;
    std::thread client([&] {
      answer = talk(request, with, highest_version);
      done = true;
    });
    loop.run_until([&done] { return done.load(); });
    client.join();
    return answer;
  }
  std::string get(const std::string& path, const std::string& token = {},
                  const Certificate* with = nullptr) {
    const std::string field = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return visit("GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + field + "\r\n", with);
  }

  std::string talk(const std::string& request, const Certificate* with, int highest_version) {
    asio::io_context own;
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_max_proto_version(context.native_handle(), highest_version);
    context.add_certificate_authority(asio::buffer(authority.pem()));
    context.set_verify_mode(ssl::verify_peer);
    if (with != nullptr) {
      context.use_certificate_chain(asio::buffer(with->pem));
      context.use_private_key(asio::buffer(with->key_pem), ssl::context::pem);
    }
    ssl::stream<asio::ip::tcp::socket> stream(own, context);
    boost::system::error_code error;
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), network.port}, error);
    if (!error) stream.handshake(ssl::stream_base::client, error);
    if (!error) asio::write(stream, asio::buffer(request), error);
    std::string answer;
    std::array<char, 65536> part{};
    while (!error) {
      const std::size_t size = stream.read_some(asio::buffer(part), error);
      answer.append(part.data(), size);
    }
    ended_cleanly = error == asio::error::eof;
    return answer;
  }

  Authority authority;
  Authority other_authority{"another CA"};
  Certificate console = authority.issue("console", {});
  Certificate expired = authority.issue("late", {}, true);
  Certificate foreign = other_authority.issue("stranger", {});
  NetworkSettings network;
  std::atomic<bool> ended_cleanly = false;
};

TEST_F(ControlTls, ATokenIsItsHolder) {
  start_network();
  const std::string answer = get("/v1/status", "probe-token");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("[\"probe\"]"));
  EXPECT_TRUE(ended_cleanly);
  EXPECT_THAT(get("/v1/journal", "probe-token"), StartsWith("HTTP/1.1 403"));
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].caller.actor(), "token:probe");
}

TEST_F(ControlTls, ACertificateIsItsHolder) {
  start_network();
  EXPECT_THAT(get("/v1/status", "", &console), HasSubstr("[\"console\"]"));
  const std::string echo = visit(
      "POST /v1/echo/7 HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
      "Content-Length: 1\r\n\r\n1",
      &console);
  EXPECT_THAT(echo, HasSubstr("[\"7\",1]"));
  EXPECT_TRUE(refusals.empty());
}

TEST_F(ControlTls, EachRequestOfAConnectionShowsItsToken) {
  start_network();
  const std::string answers = visit(
      "GET /v1/status HTTP/1.1\r\nAuthorization: Bearer probe-token\r\n\r\n"
      "GET /v1/status HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 401"));
}

TEST_F(ControlTls, WithoutAValidCredentialThereIsNothing) {
  start_network();
  const Certificate unknown = authority.issue("somebody else", {});
  EXPECT_THAT(get("/v1/status"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get("/v1/nothing", "wrong"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get("/v1/status", "old"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(get("/v1/status", "", &unknown), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(visit("GET /v1/status HTTP/1.1\r\nAuthorization: Bearer probe-token\r\n"
                    "Authorization: Bearer wrong\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  ASSERT_EQ(refusals.size(), 4U);
  EXPECT_EQ(refusals[0].caller.actor(), "client:address 127.0.0.1");
  EXPECT_EQ(refusals[1].why, "the token is not known");
  EXPECT_EQ(refusals[2].why, "the token old has expired");
  EXPECT_THAT(refusals[3].why, HasSubstr(unknown.sha256));
  for (const Refusal& refusal : refusals) EXPECT_THAT(refusal.why, Not(HasSubstr("wrong")));
}

TEST_F(ControlTls, ACertificateThatIsNotValidEndsTheHandshake) {
  start_network();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    for (const Certificate* wrong : {&expired, &foreign})
      EXPECT_EQ(visit("GET /v1/status HTTP/1.1\r\n\r\n", wrong, version), "");
  wait_until_nobody_is_left();
  ASSERT_EQ(refusals.size(), 4U);
  EXPECT_THAT(refusals[0].why, HasSubstr("expired"));
  EXPECT_EQ(refusals[0].method, "");
}

TEST_F(ControlTls, OldVersionsAreRefused) {
  start_network();
  EXPECT_EQ(visit("GET /v1/status HTTP/1.1\r\n\r\n", &console, TLS1_1_VERSION), "");
  wait_until_nobody_is_left();
}

TEST_F(ControlTls, WithoutTokensACertificateIsNeededForTheHandshake) {
  network.tokens_file.clear();
  start_network();
  EXPECT_EQ(get("/v1/status"), "");
  EXPECT_THAT(get("/v1/status", "", &console), StartsWith("HTTP/1.1 200"));
}

TEST_F(ControlTls, RefusalsOfOneAddressAreToldUpToARateAndLockNobodyOut) {
  settings.limits.refusal_burst = 3;
  settings.limits.refusals_per_second = 0.001;
  start_network();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(get("/v1/status", "x"), StartsWith("HTTP/1.1 401"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(get("/v1/status", "x"), StartsWith("HTTP/1.1 429"));
  EXPECT_EQ(refusals.size(), 3U);
  EXPECT_THAT(get("/v1/status", "probe-token"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ControlTls, PlainHttpAndGarbageAreCut) {
  start_network();
  for (const std::string& bytes :
       {std::string("GET /v1/status HTTP/1.1\r\n\r\n"), std::string(100000, '\xff'),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8)}) {
    const auto client = connect_raw();
    client->send(bytes);
    EXPECT_THAT(client->wait_for_end(), Not(HasSubstr("HTTP/1.1 200")));
  }
  wait_until_nobody_is_left();
  EXPECT_TRUE(problems.empty());
  EXPECT_THAT(get("/v1/status", "probe-token"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ControlTls, SilenceAndADripBeforeTheHandshakeHoldNoSlot) {
  start_network();
  const auto silent = connect_raw();
  const auto slow = connect_raw();
  slow->send(std::string_view("\x16\x03\x01\x02\x00", 5));
  loop.run_until([this] { return server->connections() == 2; });
  EXPECT_THAT(get("/v1/status", "probe-token"), StartsWith("HTTP/1.1 200"));
  wait_until_nobody_is_left();
  EXPECT_EQ(silent->wait_for_end(), "");
}

TEST_F(ControlTls, AHandshakeAndSilenceIsGivenUp) {
  start_network();
  EXPECT_THAT(visit(""), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(visit("GET /v1/sta"), StartsWith("HTTP/1.1 408"));
  wait_until_nobody_is_left();
}

TEST_F(ControlTls, OneAddressCannotTakeAllConnections) {
  settings.limits.connections_per_source = 3;
  settings.limits.opening_time = 1h;
  start_network();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(connect_raw());
  loop.run_until([this] { return server->connections() == 3; });
  EXPECT_EQ(get("/v1/status", "probe-token"), "");
  clients.pop_back();
  loop.run_until([this] { return server->connections() == 2; });
  EXPECT_THAT(get("/v1/status", "probe-token"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ControlTls, ARefusedBodyDoesNotHideTheAnswer) {
  start_network();
  EXPECT_THAT(visit("POST /v1/echo/1 HTTP/1.1\r\nContent-Length: 400000\r\n\r\n" +
                    std::string(400000, 'x')),
              StartsWith("HTTP/1.1 401"));
  wait_until_nobody_is_left();
}

TEST_F(ControlTls, StreamsEventsAndLargeAnswers) {
  settings.limits.answer_time = 30s;
  start_network();
  const std::string events = get("/v1/events", "probe-token");
  EXPECT_THAT(events, HasSubstr("event: number\ndata: 2\n\nevent: end\n"));
  EXPECT_TRUE(ended_cleanly);
  EXPECT_GT(get("/v1/large", "probe-token").size(), std::size_t{8} << 20U);
  wait_until_nobody_is_left();
}

TEST_F(ControlTls, AnotherListenerOnTheAddressIsAProblem) {
  start_network();
  auto access = NetworkAccess::load(network);
  ASSERT_TRUE(access);
  const asio::any_io_executor executor = loop.context().get_executor();
  Server second(executor, tls_listener(executor, std::move(*access)), {}, {}, {});
  const auto listening = second.listen();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().list.at(0).code, "CTL-046");
}

}  // namespace
}  // namespace entsync::control::test
