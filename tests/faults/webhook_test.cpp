// The webhook against a server that takes the event, refuses it, is slow, silent, gone or not who
// it should be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <string>
#include <vector>

#include "control/webhook.hpp"
#include "support/certificates.hpp"
#include "support/folder.hpp"
#include "support/loop.hpp"

namespace entsync::control {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr const char* taken = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr const char* busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater";
constexpr const char* unknown = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
constexpr const char* silence = "";

/// Answers one connection after the other from a list, and keeps what was asked.
class Webhook : public ::testing::Test {
 protected:
  Webhook() : acceptor(loop.context(), {asio::ip::make_address("127.0.0.1"), 0}) {
    port = acceptor.local_endpoint().port();
    settings.url = "http://127.0.0.1:" + std::to_string(port) + "/hooks/ent?from=entsync";
    settings.attempt_time = 300ms;
    settings.pause = 1ms;
  }

  std::string post(std::deque<std::string> list) {
    answers = std::move(list);
    auto server = loop.start(serve());
    std::string failure = loop.run(post_event(settings, R"({"kind":"held"})"));
    acceptor.close();
    loop.finish(server);
    return failure;
  }

  asio::awaitable<bool> serve() {
    for (;;) {
      boost::system::error_code error;
      tcp::socket socket =
          co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return true;
      if (tls == nullptr) {
        co_await answer(socket);
        continue;
      }
      asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls);
      co_await stream.async_handshake(asio::ssl::stream_base::server,
                                      asio::redirect_error(asio::use_awaitable, error));
      if (!error) co_await answer(stream);
    }
  }

  template <class Stream>
  asio::awaitable<void> answer(Stream& stream) {
    boost::system::error_code error;
    std::string request;
    while (!error && !request.ends_with('}')) {
      std::array<char, 4096> part{};
      const std::size_t size = co_await stream.async_read_some(
          asio::buffer(part), asio::redirect_error(asio::use_awaitable, error));
      request.append(part.data(), size);
    }
    requests.push_back(request);
    const std::string text = answers.empty() ? taken : answers.front();
    if (!answers.empty()) answers.pop_front();
    if (text.empty()) {  // until the client goes
      std::array<char, 1> byte{};
      co_await stream.async_read_some(asio::buffer(byte),
                                      asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await asio::async_write(stream, asio::buffer(text),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
  }

  void speak_tls(const entsync::test::Authority& authority, const std::string& name) {
    const entsync::test::Certificate own = authority.issue("hook", {name});
    server_context.use_certificate_chain(asio::buffer(own.pem));
    server_context.use_private_key(asio::buffer(own.key_pem), asio::ssl::context::pem);
    tls = &server_context;
    settings.url = "https://127.0.0.1:" + std::to_string(port);
  }

  entsync::test::Loop loop;
  entsync::test::Folder folder;
  tcp::acceptor acceptor;
  asio::ssl::context server_context{asio::ssl::context::tls_server};
  asio::ssl::context* tls = nullptr;
  std::uint16_t port = 0;
  std::deque<std::string> answers;
  std::vector<std::string> requests;
  WebhookSettings settings;
};

TEST_F(Webhook, IsToldTheEventOnce) {
  EXPECT_EQ(post({taken}), "");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0], StartsWith("POST /hooks/ent?from=entsync HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\n\r\n{\"kind\":\"held\"}"));
  EXPECT_THAT(requests[0], Not(HasSubstr("Authorization")));
}

TEST_F(Webhook, ShowsItsToken) {
  settings.token_file = folder.write("token", "a-token\n");
  EXPECT_EQ(post({taken}), "");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0], HasSubstr("Authorization: Bearer a-token\r\n"));
}

TEST_F(Webhook, IsTriedAgainWhenTheServerIsBusySilentOrBroken) {
  EXPECT_EQ(post({busy, silence, taken}), "");
  EXPECT_THAT(requests, SizeIs(3));
}

TEST_F(Webhook, IsGivenUpAfterThreeAttempts) {
  EXPECT_EQ(post({busy, "no HTTP at all\r\n\r\n", busy, taken}), "it answered 503");
  EXPECT_THAT(requests, SizeIs(3));
}

TEST_F(Webhook, ASilentServerHasItsTime) {
  EXPECT_EQ(post({silence, silence, silence}), "no answer in time");
}

TEST_F(Webhook, ARefusalIsFinal) {
  EXPECT_EQ(post({unknown}), "it answered 404");
  EXPECT_THAT(requests, SizeIs(1));
}

TEST_F(Webhook, NobodyThereIsSaid) {
  acceptor.close();
  EXPECT_THAT(loop.run(post_event(settings, "{}")), HasSubstr("no connection: "));
}

TEST_F(Webhook, SpeaksTlsWithWhomItTrusts) {
  const entsync::test::Authority authority;
  speak_tls(authority, "IP:127.0.0.1");
  settings.ca_file = folder.write("ca.pem", authority.pem());
  EXPECT_EQ(post({taken}), "");
  EXPECT_THAT(requests, SizeIs(1));
}

TEST_F(Webhook, TellsNothingToAServerWithAnotherName) {
  const entsync::test::Authority authority;
  speak_tls(authority, "DNS:hook.example");
  settings.ca_file = folder.write("ca.pem", authority.pem());
  EXPECT_THAT(post({}), HasSubstr("no connection: "));
  EXPECT_THAT(requests, IsEmpty());
}

TEST_F(Webhook, TellsNothingToAServerOfAnotherAuthority) {
  const entsync::test::Authority authority;
  const entsync::test::Authority other("another CA");
  speak_tls(authority, "IP:127.0.0.1");
  settings.ca_file = folder.write("ca.pem", other.pem());
  EXPECT_THAT(post({}), HasSubstr("no connection: "));
  EXPECT_THAT(requests, IsEmpty());
}

TEST_F(Webhook, WhatWouldNeverWorkIsSaidBefore) {
  EXPECT_THAT(check_webhook(settings).list, IsEmpty());
  settings.url = "http://alertes.region.example/";
  settings.ca_file = folder.path() / "missing.pem";
  settings.token_file = folder.path() / "missing";
  EXPECT_THAT(check_webhook(settings).list, SizeIs(3));
}

}  // namespace
}  // namespace entsync::control
