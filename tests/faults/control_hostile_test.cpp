// Clients that are slow, greedy, rude or gone: none holds the daemon or another client.

#include "faults/control_test.hpp"

namespace entsync::control::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ControlHostile : public ControlTest {
 protected:
  /// Another client is served at once.
  void expect_service() { EXPECT_THAT(get("/v1/status"), StartsWith("HTTP/1.1 200")); }
};

TEST_F(ControlHostile, HalfAHeaderIsGivenUp) {
  start();
  const auto client = connect();
  client->send("GET /v1/status HTTP/1.1\r\nX: ");
  expect_service();
  EXPECT_THAT(client->wait_for_end(), StartsWith("HTTP/1.1 408 Request Timeout"));
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, SilenceIsGivenUp) {
  start();
  const auto client = connect();
  EXPECT_THAT(client->wait_for_end(), StartsWith("HTTP/1.1 408"));
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, AnIdleConnectionIsClosedWithoutAWord) {
  start();
  const auto client = connect();
  client->send("GET /v1/nothing HTTP/1.1\r\n\r\n");
  const std::string answer = client->wait_for("}\n");
  EXPECT_EQ(client->wait_for_end(), answer);
}

/// Sends `bytes` one by one, slowly, until the server closes; how long that took.
std::chrono::steady_clock::duration drip(Loop& loop, RawClient& client, std::string_view bytes) {
  const auto begin = std::chrono::steady_clock::now();
  asio::steady_timer timer(loop.context());
  for (std::size_t i = 0; i < bytes.size() && !client.is_closed(); ++i) {
    client.send_now(bytes.substr(i, 1));
    bool passed = false;
    timer.expires_after(20ms);
    timer.async_wait([&passed](const boost::system::error_code&) { passed = true; });
    loop.run_until([&passed] { return passed; });
  }
  return std::chrono::steady_clock::now() - begin;
}

TEST_F(ControlHostile, ADripDoesNotHoldASlot) {
  start();
  const auto header = connect();
  EXPECT_LT(drip(loop, *header, "GET /v1/status HTTP/1.1\r\nX: " + std::string(500, 'x')), 5s);
  EXPECT_THAT(header->wait_for_end(), StartsWith("HTTP/1.1 408"));
  const auto body = connect();
  body->send(
      "POST /v1/echo/1 HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
      "900\r\n\r\n");
  EXPECT_LT(drip(loop, *body, std::string(500, ' ')), 5s);
  EXPECT_THAT(body->wait_for_end(), StartsWith("HTTP/1.1 408"));
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, ADripOfTheNextRequestDoesNotHoldASlotEither) {
  start();
  const auto client = connect();
  client->send("GET /v1/status HTTP/1.1\r\n\r\n");
  client->wait_for("]\n");
  EXPECT_LT(drip(loop, *client, "GET /" + std::string(500, 'x')), 5s);
  EXPECT_THAT(client->wait_for_end(), HasSubstr("HTTP/1.1 408"));
}

TEST_F(ControlHostile, AHeaderBombIsRefused) {
  start();
  const auto client = connect();
  client->send("GET /v1/status HTTP/1.1\r\nX: " + std::string(std::size_t{4} << 20U, 'x'));
  EXPECT_THAT(client->wait_for_end(), StartsWith("HTTP/1.1 431 Request Header Fields Too Large"));
  expect_service();
}

TEST_F(ControlHostile, ABodyBombIsRefused) {
  start();
  const std::string head =
      "POST /v1/echo/1 HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n";
  EXPECT_THAT(ask(head + "Content-Length: 1000000000000\r\n\r\n"),
              StartsWith("HTTP/1.1 413 Payload Too Large"));
  const auto sends_it = connect();
  sends_it->send(head + "Content-Length: 4194304\r\n\r\n" +
                 std::string(std::size_t{4} << 20U, ' '));
  EXPECT_THAT(sends_it->wait_for_end(), StartsWith("HTTP/1.1 413"));
  const auto chunked = connect();
  std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) chunks += "1000\r\n" + std::string(0x1000, ' ') + "\r\n";
  chunked->send(chunks);
  EXPECT_THAT(chunked->wait_for_end(), HasSubstr("HTTP/1.1 413"));
  expect_service();
}

TEST_F(ControlHostile, WithoutARoleNobodyHasABodyRead) {
  start(Roles());
  EXPECT_THAT(ask("POST /v1/echo/1 HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(refusals.size(), 1U);
}

TEST_F(ControlHostile, RefusedBodiesAreNotReadForEver) {
  start();
  const auto client = connect();
  client->send("POST /v1/nothing HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n");
  client->wait_for("404");
  // It neither closes nor sends: after a moment the connection is cut.
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, WrongJson) {
  start();
  for (const std::string& body :
       {std::string("{"), std::string(60000, '['), std::string("\"\xff\""),
        std::string("{\"a\":1}}"), std::string("nul"), std::string(9, '\0')})
    EXPECT_THAT(ask("POST /v1/echo/1 HTTP/1.1\r\nConnection: close\r\nContent-Type: "
                    "application/json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body),
                HasSubstr("\"code\":\"CTL-012\""))
        << body.substr(0, 20);
}

TEST_F(ControlHostile, OneUserCannotTakeAllConnections) {
  settings.limits.connections_per_source = 3;
  settings.limits.request_time = 1h;
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(connect());
  loop.run_until([this] { return server->connections() == 3; });
  EXPECT_THAT(connect()->wait_for_end(), StartsWith("HTTP/1.1 503 Service Unavailable"));
  clients.pop_back();
  loop.run_until([this] { return server->connections() == 2; });
  expect_service();
}

TEST_F(ControlHostile, AFloodOfConnectionsIsTurnedAway) {
  settings.limits.connections = 4;
  settings.limits.request_time = 1h;
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(connect());
    if (i % 50 == 49) clients.back()->wait_for_end();
  }
  EXPECT_EQ(server->connections(), 4U);
  EXPECT_THAT(clients.back()->wait_for_end(), HasSubstr("CTL-023"));
  clients.clear();
  wait_until_nobody_is_left();
  expect_service();
}

TEST_F(ControlHostile, AFloodOfRequestsIsTurnedAway) {
  settings.limits.requests_per_second = 0.001;
  settings.limits.request_burst = 5;
  start();
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += "GET /v1/nothing HTTP/1.1\r\n\r\n";
  const std::string answers = ask(requests);
  std::size_t served = 0;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 404", at)) != std::string::npos; ++at)
    ++served;
  EXPECT_EQ(served, 5U);
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 429 Too Many Requests"));
  EXPECT_THAT(answers, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(get("/v1/status"), StartsWith("HTTP/1.1 429"));
}

TEST_F(ControlHostile, AnAnswerThatIsNotTakenIsGivenUp) {
  start();
  const auto client = connect();
  client->send("GET /v1/large HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return server->connections() == 1; });
  expect_service();
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, AStreamThatIsNotReadIsDropped) {
  start();
  const auto client = connect();
  client->send("GET /v1/flood HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun; });
  expect_service();
  loop.run_until([this] { return finished; });
  // No more than the socket took and what may wait.
  EXPECT_LT(sent, 2000U);
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, AClientThatLeavesAStreamEndsIt) {
  start();
  const auto client = connect();
  client->send("GET /v1/wait HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun; });
  client->leave();
  loop.run_until([this] { return finished; });
  wait_until_nobody_is_left();
  EXPECT_TRUE(problems.empty());
}

TEST_F(ControlHostile, WhatWasBegunIsFinishedThoughTheClientLeaves) {
  start();
  const auto client = connect();
  client->send("GET /v1/slow HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun; });
  client->leave();
  loop.run_until([this] { return finished; });
  wait_until_nobody_is_left();
}

TEST_F(ControlHostile, AClientThatLeavesInTheMiddleOfAnAnswer) {
  start();
  const auto client = connect();
  client->send("GET /v1/large HTTP/1.1\r\n\r\n");
  client->wait_for("xxxx");
  client->leave();
  wait_until_nobody_is_left();
  expect_service();
}

}  // namespace
}  // namespace entsync::control::test
