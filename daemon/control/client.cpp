#include "control/client.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <exception>

#include "control/dial.hpp"
#include "control/event_reader.hpp"
#include "control/tls.hpp"
#include "control/url.hpp"
#include "core/text.hpp"
#include "secret/secret.hpp"

namespace entsync::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

using HttpRequest = http::request<http::string_body>;
using AnswerParser = http::response_parser<http::string_body>;

HttpRequest request_for(std::string_view method, std::string_view target,
                        const std::optional<boost::json::value>& body) {
  HttpRequest request;
  request.version(11);
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.set(http::field::connection, "close");
  if (body) {
    request.set(http::field::content_type, "application/json");
    request.body() = boost::json::serialize(*body);
  }
  request.prepare_payload();
  return request;
}

using LocalStream = beast::basic_stream<asio::local::stream_protocol>;

/// sockaddr_un::sun_path without its end.
constexpr std::size_t longest_socket_path = 107;

asio::awaitable<void> dial(LocalStream& stream, const std::filesystem::path& socket,
                           error_code& error) {
  const asio::local::stream_protocol::endpoint endpoint(socket.string());
  co_await stream.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
}

LocalStream& timed(LocalStream& stream) {
  return stream;
}

TcpStream& timed(TlsStream& stream) {
  return stream.next_layer();
}

std::string place_of(const ClientSettings& settings) {
  return settings.url.empty() ? settings.socket.string() : settings.url;
}

Problem problem(const ClientSettings& settings, std::string code, std::string what,
                std::string remedy) {
  return {Severity::error,
          std::move(code),
          {place_of(settings), 0, {}},
          std::move(what),
          std::move(remedy)};
}

Problem not_there(const ClientSettings& settings, const std::string& why) {
  return problem(settings, "CTL-030",
                 "the daemon does not answer on " + place_of(settings) + ": " + why,
                 "is it running? (systemctl status entsyncd)");
}

/// One connection to a daemon at a place, for one request.
template <class Stream, class Place>
class Conversation {
 public:
  Conversation(Stream stream, const Place& place, const ClientSettings& settings)
      : settings_(settings), place_(place), stream_(std::move(stream)) {
    parser_.body_limit(settings.answer_limit);
  }

  asio::awaitable<Result<Reply>> ask(const HttpRequest& request) {
    if (const auto sent = co_await send(request); !sent) co_return sent.error();
    error_code error;
    co_await http::async_read(stream_, buffer_, parser_,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return no_answer(error);
    co_return reply();
  }

  asio::awaitable<Result<Reply>> follow(const HttpRequest& request, const OnEvent& on_event) {
    if (const auto sent = co_await send(request); !sent) co_return sent.error();
    error_code error;
    co_await http::async_read_header(stream_, buffer_, parser_,
                                     asio::redirect_error(asio::use_awaitable, error));
    if (!error && !is_stream())
      co_await http::async_read(stream_, buffer_, parser_,
                                asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return no_answer(error);
    if (!is_stream()) co_return reply();
    co_return co_await read_events(on_event);
  }

 private:
  asio::awaitable<Result<void>> send(const HttpRequest& request) {
    error_code error;
    timed(stream_).expires_after(settings_.connect_time);
    co_await dial(stream_, place_, error);
    if (error) co_return not_connected(error);
    timed(stream_).expires_after(settings_.answer_time);
    co_await http::async_write(stream_, request, asio::redirect_error(asio::use_awaitable, error));
    // A daemon that refuses may answer and close before it has read all: the answer counts.
    if (error == asio::error::broken_pipe || error == asio::error::connection_reset) error = {};
    // Asio takes a connection that the full queue of the daemon refused (EAGAIN) for one under way.
    if (error == asio::error::not_connected) co_return not_connected(asio::error::try_again);
    if (error) co_return no_answer(error);
    co_return Result<void>();
  }

  asio::awaitable<Result<Reply>> read_events(const OnEvent& on_event) {
    EventReader reader;
    std::string received(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    while (true) {
      for (const EventReader::Event& event : reader.feed(received)) {
        if (event.name == "end" || !on_event(event.name, event.data)) co_return reply();
      }
      if (reader.pending() > settings_.answer_limit) co_return no_answer(http::error::body_limit);
      error_code error;
      std::array<char, 8192> bytes{};
      timed(stream_).expires_after(settings_.stream_silence);
      const std::size_t size = co_await stream_.async_read_some(
          asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return no_answer(error);
      received.assign(bytes.data(), size);
    }
  }

  [[nodiscard]] bool is_stream() const {
    return parser_.get()[http::field::content_type].starts_with("text/event-stream");
  }

  [[nodiscard]] Reply reply() const {
    const auto& answer = parser_.get();
    const auto type = answer[http::field::content_type];
    return {answer.result_int(), std::string(type.data(), type.size()), answer.body()};
  }

  [[nodiscard]] Problem not_connected(const error_code& error) const {
    if (error.category() == asio::error::get_ssl_category())
      return problem(
          settings_, "CTL-036",
          "the certificate of the daemon, or this client's, is not accepted: " + error.message(),
          "check the host in the address, --ca-file, and --certificate");
    if (error == asio::error::access_denied || error.value() == EPERM)
      return problem(settings_, "CTL-031", "you may not use the control socket",
                     "ask to be a member of the group that owns it");
    if (error == beast::error::timeout || error == asio::error::try_again)
      return problem(settings_, "CTL-032", "the daemon does not take the connection in time",
                     "try again; look into its log");
    return not_there(settings_, error.message());
  }

  [[nodiscard]] Problem no_answer(const error_code& error) const {
    if (error == beast::error::timeout)
      return problem(settings_, "CTL-032", "the daemon does not answer in time",
                     "what was asked for may still be done: look before you ask again");
    return problem(settings_, "CTL-033", "the connection to the daemon broke: " + error.message(),
                   "it may have stopped: look into its log before you ask again");
  }

  const ClientSettings& settings_;
  const Place& place_;
  Stream stream_;
  beast::flat_buffer buffer_;
  AnswerParser parser_;
};

/// Runs a conversation to its end.
template <class With, class F>
Result<Reply> run(asio::io_context& loop, With& conversation, F talk) {
  std::optional<Result<Reply>> result;
  std::exception_ptr thrown;
  auto body = [](F what, With& with, std::optional<Result<Reply>>& slot) -> asio::awaitable<void> {
    auto work = what(with);
    slot.emplace(co_await std::move(work));
  };
  asio::co_spawn(loop, body(std::move(talk), conversation, result),
                 [&thrown](const std::exception_ptr& error) { thrown = error; });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

template <class F>
Result<Reply> converse_locally(const ClientSettings& settings, HttpRequest& request, F talk) {
  const std::string path = settings.socket.string();
  if (path.empty() || path.size() > longest_socket_path)
    return not_there(settings, "its path is no socket's");
  request.set(http::field::host, "localhost");
  asio::io_context loop(1);
  Conversation conversation(LocalStream(loop), settings.socket, settings);
  return run(loop, conversation, std::move(talk));
}

/// The field that shows the token, when there is one.
Result<void> authorize(HttpRequest& request, const ClientSettings& settings) {
  if (settings.token_file.empty()) return {};
  const auto token = read_secret_line(
      settings.token_file, {"CTL-042", "CTL-043", "CTL-042", "the token file", "--token-file"});
  if (!token) return token.error();
  request.set(http::field::authorization, "Bearer " + token->text());
  return {};
}

template <class F>
Result<Reply> converse_remotely(const ClientSettings& settings, HttpRequest& request, F talk) {
  const auto url = parse_url(settings.url);
  if (!url) return url.error();
  if (!url->tls || url->target != "/")
    return Problem{Severity::error,
                   "CTL-035",
                   {},
                   "this is not the address of a daemon",
                   "write https://host[:port], without a path"};
  auto context = trusting(settings.ca_file);
  if (!context) return context.error();
  if (!settings.certificate_file.empty())
    if (Problems problems = use_certificate(*context, settings.certificate_file, settings.key_file);
        problems.has_errors())
      return problems;
  if (auto authorized = authorize(request, settings); !authorized) return authorized.error();
  request.set(http::field::host, url->authority);
  asio::io_context loop(1);
  Conversation conversation(TlsStream(loop, *context), *url, settings);
  return run(loop, conversation, std::move(talk));
}

template <class F>
Result<Reply> converse(const ClientSettings& settings, HttpRequest& request, F talk) {
  if (settings.url.empty()) return converse_locally(settings, request, std::move(talk));
  return converse_remotely(settings, request, std::move(talk));
}

bool is_unreserved(char c) {
  return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c))
      encoded += c;
    else
      (encoded += '%').append({digits[byte >> 4U], digits[byte & 15U]});
  }
  return encoded;
}

Result<Reply> ask(const ClientSettings& settings, std::string_view method, std::string_view target,
                  const std::optional<boost::json::value>& body) {
  HttpRequest request = request_for(method, target, body);
  return converse(settings, request, [&request](auto& with) { return with.ask(request); });
}

Result<Reply> follow(const ClientSettings& settings, std::string_view target,
                     const OnEvent& on_event) {
  HttpRequest request = request_for("GET", target, {});
  request.set(http::field::accept, "text/event-stream");
  return converse(settings, request, [&](auto& with) { return with.follow(request, on_event); });
}

Problem problem_of(const Reply& reply) {
  error_code error;
  const boost::json::value body = boost::json::parse(reply.body, error);
  const auto* const object = error ? nullptr : body.if_object();
  const auto* const field = object == nullptr ? nullptr : object->if_contains("problem");
  const auto* const problem = field == nullptr ? nullptr : field->if_object();
  const auto text = [problem](std::string_view name) {
    const auto* const value = problem == nullptr ? nullptr : problem->if_contains(name);
    const auto* const string = value == nullptr ? nullptr : value->if_string();
    return string == nullptr ? std::string() : std::string(string->data(), string->size());
  };
  if (!text("code").empty())
    return {Severity::error, text("code"), {}, text("what"), text("remedy")};
  return {Severity::error,
          "CTL-034",
          {},
          "the daemon answered " + std::to_string(reply.status) + " without saying why",
          "look into its log"};
}

}  // namespace entsync::control
