#include "control/webhook.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "control/dial.hpp"
#include "control/url.hpp"
#include "secret/secret.hpp"

namespace entsync::control {
namespace {

constexpr int most_attempts = 3;

using EventRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// How an attempt ended.
struct Attempt {
  std::string failure{};  ///< empty: the event was taken
  bool final = true;
};

std::string reason_of(const boost::system::error_code& error) {
  return error == boost::beast::error::timeout ? "no answer in time" : error.message();
}

/// One attempt over a fresh stream, whose time `timed` keeps.
template <class Stream>
asio::awaitable<Attempt> attempt(Stream& stream, TcpStream& timed, const Url& url,
                                 const EventRequest& request, std::chrono::milliseconds time) {
  namespace http = boost::beast::http;
  boost::system::error_code error;
  timed.expires_after(time);
  co_await dial(stream, url, error);
  if (error) co_return Attempt{"no connection: " + reason_of(error), false};
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
  boost::beast::flat_buffer buffer(std::size_t{64} << 10U);
  http::response_parser<http::empty_body> parser;
  // A server that refuses may answer before it has read all.
  boost::system::error_code unread;
  co_await http::async_read_header(stream, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, unread));
  if (unread) co_return Attempt{reason_of(error ? error : unread), false};
  const unsigned status = parser.get().result_int();
  if (status / 100 == 2) co_return Attempt{};
  co_return Attempt{"it answered " + std::to_string(status), status / 100 == 4};
}

asio::awaitable<Attempt> attempt(const WebhookSettings& settings, const Url& url,
                                 const EventRequest& request) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (!url.tls) {
    TcpStream stream(executor);
    co_return co_await attempt(stream, stream, url, request, settings.attempt_time);
  }
  auto context = trusting(settings.ca_file);
  if (!context) co_return Attempt{to_string(context.error())};
  TlsStream stream(executor, *context);
  co_return co_await attempt(stream, stream.next_layer(), url, request, settings.attempt_time);
}

Result<Secret> token_of(const WebhookSettings& settings) {
  return read_secret_line(settings.token_file, {"CTL-042", "CTL-043", "CTL-042", "the token file",
                                                "notify.webhook_token_file"});
}

}  // namespace

Problems check_webhook(const WebhookSettings& settings) {
  Problems problems;
  if (const auto url = parse_url(settings.url); !url) problems.append(url.error());
  if (const auto context = trusting(settings.ca_file); !context) problems.append(context.error());
  if (!settings.token_file.empty())
    if (const auto token = token_of(settings); !token) problems.append(token.error());
  return problems;
}

asio::awaitable<std::string> post_event(WebhookSettings settings, std::string json) {
  namespace http = boost::beast::http;
  const auto url = parse_url(settings.url);
  if (!url) co_return to_string(url.error());
  EventRequest request(http::verb::post, url->target, 11, std::move(json));
  request.set(http::field::host, url->authority);
  request.set(http::field::connection, "close");
  request.set(http::field::content_type, "application/json");
  if (!settings.token_file.empty()) {
    const auto token = token_of(settings);
    if (!token) co_return to_string(token.error());
    request.set(http::field::authorization, "Bearer " + token->text());
  }
  request.prepare_payload();
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int n = 1;; ++n) {
    Attempt ended = co_await attempt(settings, *url, request);
    if (ended.failure.empty() || ended.final || n == most_attempts)
      co_return std::move(ended.failure);
    timer.expires_after(settings.pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace entsync::control
