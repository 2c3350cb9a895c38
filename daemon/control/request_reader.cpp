#include "control/request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/json/stream_parser.hpp>

#include "core/text.hpp"

namespace entsync::control {
namespace {

namespace http = boost::beast::http;

/// "0\r\n\r\n": from wherever in chunks, so much has to follow. Boost 1.81 asserts that it is there
/// when it reads the last chunk a second time.
constexpr std::size_t least_of_chunks = 5;

/// "application/json", with whatever parameters.
bool is_json(std::string_view content_type) {
  return equals_ignoring_case(trim(content_type.substr(0, content_type.find(';'))),
                              "application/json");
}

std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t last = before.rfind('\n');
  const std::size_t column = before.size() - (last == std::string_view::npos ? 0 : last + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RequestReader::RequestReader(const Limits& limits, std::string received)
    : limits_(limits), received_(std::move(received)) {
  parser_.header_limit(static_cast<std::uint32_t>(limits_.header));
  // Whether the declared length is too much is asked when the caller is known: body_refusal().
  parser_.body_limit(boost::none);
  if (!received_.empty()) parse();
}

void RequestReader::feed(std::string_view bytes) {
  received_ += bytes;
  if (!received_.empty()) parse();
}

void RequestReader::read_body() {
  // The parser would reserve what is declared, before it looks at its limit.
  if (is_too_long()) return fail(413, body_too_large());
  body_wanted_ = true;
  parser_.body_limit(limits_.body);
  parser_.eager(true);
  if (!received_.empty()) parse();
}

void RequestReader::expire() {
  fail(408, "CTL-017", "the request did not come in time");
}

void RequestReader::parse() {
  begun_ = true;
  if (state_ == State::complete || state_ == State::failed) return;
  if (state_ == State::body && !body_wanted_) return;
  if (state_ == State::body && parser_.chunked() && received_.size() < least_of_chunks) return;
  boost::system::error_code error;
  const std::size_t used = parser_.put(boost::asio::buffer(received_), error);
  received_.erase(0, used);
  if (error && error != http::error::need_more) return fail(error);
  if (state_ == State::header && parser_.is_header_done()) check_header();
  if (state_ == State::failed) return;
  if (parser_.is_done()) {
    state_ = State::complete;
  } else if (received_.size() > limits_.header && (state_ == State::header || body_wanted_)) {
    // Of a body nothing is left over but the line of a chunk, or what follows the last one.
    fail(http::error::header_limit);
  }
}

void RequestReader::check_header() {
  state_ = State::body;
  const auto& head = parser_.get();
  if (const auto coding = head.find(http::field::transfer_encoding);
      coding != head.end() && (head.version() == 10 || !parser_.chunked() ||
                               !equals_ignoring_case(trim(view(coding->value())), "chunked")))
    return fail(501, "CTL-024", "the transfer coding of the request is not known",
                "send the body with a Content-Length or chunked");
  if (const auto expect = head.find(http::field::expect);
      expect != head.end() && !equals_ignoring_case(view(expect->value()), "100-continue"))
    return fail(417, "CTL-024", "the expectation of the request cannot be met");
  if (head.count(http::field::authorization) > 1)
    return fail(400, "CTL-010", "the request has more than one field Authorization");
  auto target = parse_target(view(head.target()));
  if (!target) return fail(400, target.error());
  target_ = std::move(*target);
}

void RequestReader::fail(const boost::system::error_code& error) {
  if (error == http::error::header_limit)
    return fail(
        431, "CTL-021",
        "the header of the request is larger than " + std::to_string(limits_.header) + " bytes");
  if (error == http::error::body_limit) return fail(413, body_too_large());
  if (error == http::error::bad_version)
    return fail(505, "CTL-024", "the request is not HTTP/1.0 or HTTP/1.1");
  fail(400, "CTL-010", "the request is not HTTP: " + error.message());
}

void RequestReader::fail(unsigned status, std::string code, std::string what, std::string remedy) {
  fail(status, Problem{Severity::error, std::move(code), {}, std::move(what), std::move(remedy)});
}

void RequestReader::fail(unsigned status, Problems problems) {
  state_ = State::failed;
  failure_ = {status, std::move(problems)};
}

bool RequestReader::is_too_long() const {
  const auto length = parser_.content_length();
  return length && *length > limits_.body;
}

Problem RequestReader::body_too_large() const {
  return {Severity::error,
          "CTL-018",
          {},
          "the body of the request is larger than " + std::to_string(limits_.body) + " bytes",
          "ask for less at once"};
}

std::string RequestReader::method() const {
  return std::string(view(parser_.get().method_string()));
}

std::string_view RequestReader::authorization() const {
  return view(parser_.get()[http::field::authorization]);
}

bool RequestReader::expects_continue() const {
  return version() >= 11 && parser_.get().find(http::field::expect) != parser_.get().end();
}

bool RequestReader::wants_keep_alive() const {
  return parser_.get().keep_alive();
}

unsigned RequestReader::version() const {
  return parser_.get().version();
}

std::optional<RequestReader::Failure> RequestReader::body_refusal() const {
  if (state_ == State::complete) return {};
  const auto& head = parser_.get();
  if (head.count(http::field::content_type) != 1 || !is_json(view(head[http::field::content_type])))
    return Failure{415, Problem{Severity::error,
                                "CTL-019",
                                {},
                                "the body of the request is not declared as JSON",
                                "send it with Content-Type: application/json"}};
  if (is_too_long()) return Failure{413, body_too_large()};
  return {};
}

Result<boost::json::value> RequestReader::json() const {
  if (parser_.get().body().empty()) return boost::json::value();
  return parse_json(parser_.get().body());
}

Result<boost::json::value> parse_json(std::string_view text) {
  boost::json::stream_parser parser;
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size()) error = boost::json::error::extra_data;
  if (!error) parser.finish(error);
  if (!error) return parser.release();
  return Problem{Severity::error,
                 "CTL-012",
                 {},
                 "the body is not JSON: " + position(text, used) + ": " + error.message(),
                 "send one JSON value in UTF-8"};
}

}  // namespace entsync::control
