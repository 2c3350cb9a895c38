#pragma once
/// One HTTP request out of bytes, in whatever pieces they come; no socket. Stops after the header,
/// so that a caller can be refused before a body is read, and after the body. Keeps no more than
/// the limits allow, and what belongs to the next request is left for it. Foreign bytes end in a
/// request or in a Failure, never in an exception.

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "control/limits.hpp"
#include "control/target.hpp"
#include "core/problem.hpp"

namespace entsync::control {

class RequestReader {
 public:
  explicit RequestReader(const Limits& limits, std::string received = {});

  enum class State { header, body, complete, failed };
  struct Failure {
    unsigned status = 400;  ///< of the answer
    Problems problems{};
  };

  /// Takes bytes. Nothing is taken beyond `header_complete` before read_body() is called.
  void feed(std::string_view bytes);
  void read_body();
  /// The time to send a request is over.
  void expire();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Failure& failure() const { return failure_; }
  [[nodiscard]] bool has_begun() const { return begun_; }

  // From State::body on.
  [[nodiscard]] std::string method() const;
  [[nodiscard]] const Target& target() const { return target_; }
  /// The field Authorization, empty when there is none.
  [[nodiscard]] std::string_view authorization() const;
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] bool wants_keep_alive() const;
  [[nodiscard]] unsigned version() const;
  /// Whether the content type and the declared length are ones that a body may have.
  [[nodiscard]] std::optional<Failure> body_refusal() const;

  // From State::complete on.
  /// Null when there is no body.
  [[nodiscard]] Result<boost::json::value> json() const;
  /// What came after the request.
  std::string take_rest() { return std::move(received_); }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  void parse();
  void check_header();
  void fail(unsigned status, std::string code, std::string what, std::string remedy = {});
  void fail(unsigned status, Problems problems);
  void fail(const boost::system::error_code& error);
  [[nodiscard]] bool is_too_long() const;
  [[nodiscard]] Problem body_too_large() const;

  Limits limits_;
  Parser parser_;
  std::string received_;
  State state_ = State::header;
  bool body_wanted_ = false;
  bool begun_ = false;
  Target target_{};
  Failure failure_{};
};

/// A JSON text; a refusal says at which line and column.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace entsync::control
