#pragma once
/// One client of the control API: reads its requests one after the other, decides whether they may
/// be done, calls the handlers and writes the answers, each step within its time. Everything runs
/// on the server's executor; run() ends when the connection is closed and may be called once.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "control/callbacks.hpp"
#include "control/event_stream.hpp"
#include "control/limits.hpp"
#include "control/peer.hpp"
#include "control/rate_limiter.hpp"
#include "control/request_reader.hpp"
#include "control/router.hpp"
#include "control/transport.hpp"

namespace entsync::control {

/// What all connections of a server share.
struct Shared {
  Router router;
  Limits limits;
  RoleGroups groups;
  Callbacks callbacks;
  Identify identify;
  RateLimiter rate;      ///< of requests
  RateLimiter refusals;  ///< of those that nobody can be found for
};

/// The bytes of an answer. `body` false: the header of it alone, as HEAD wants.
std::string answer_text(const Answer& answer, bool keep_alive, bool body = true);

class Connection : public EventStream::Channel, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::unique_ptr<Transport> transport, std::shared_ptr<Shared> shared);

  asio::awaitable<void> run();

  /// Ends it as Server::stop() promises.
  void stop();
  /// Ends it now.
  void cut();

  /// Whose share of connections it uses.
  [[nodiscard]] const std::string& source() const { return source_; }

  // EventStream::Channel
  asio::awaitable<bool> send(std::string text) override;
  [[nodiscard]] bool is_open() const override { return stream_open_; }

 private:
  using Duration = std::chrono::milliseconds;
  enum class Late { cancel_reading, close };

  asio::awaitable<bool> open();
  asio::awaitable<bool> exchange();
  asio::awaitable<bool> receive_header(RequestReader& reader);
  asio::awaitable<bool> receive_body(RequestReader& reader);
  asio::awaitable<bool> receive_while(RequestReader& reader, RequestReader::State state);
  asio::awaitable<bool> read_some(RequestReader& reader);

  std::optional<Answer> refuse(const RequestReader& reader, const Route& route);
  std::optional<Answer> refuse_caller(const RequestReader& reader);
  Answer refuse_unknown(const RequestReader& reader, const std::string& why);
  bool tell_unknown(const std::string& method, const std::string& path, const std::string& why);
  Answer forbidden(const RequestReader& reader, const Endpoint* endpoint);
  [[nodiscard]] std::string how_to_get(Role role) const;
  /// Whether the caller has the role, be it for some schools.
  [[nodiscard]] bool has_role_for(const Endpoint& endpoint) const;
  void tell_refused(const RequestReader& reader, const Endpoint* endpoint, const std::string& why);
  Identity identify(const RequestReader& reader);

  asio::awaitable<bool> serve(RequestReader& reader, const Route& route);
  asio::awaitable<Answer> handle(const Endpoint& endpoint, Request request);
  asio::awaitable<bool> answer(RequestReader& reader, Answer answer);
  asio::awaitable<bool> failure(RequestReader& reader, const RequestReader::Failure& failure);
  asio::awaitable<bool> write(std::string_view text, Duration time);
  asio::awaitable<void> take_leave(bool nothing_comes);

  asio::awaitable<void> stream(const Endpoint& endpoint, Request request);
  asio::awaitable<void> call_stream(const Endpoint& endpoint, Request request);
  void start_stream_handler(const Endpoint& endpoint, Request request);
  asio::awaitable<void> watch_client();
  asio::awaitable<void> write_events();
  asio::awaitable<void> wait_for_event();
  void end_stream();

  void report(const std::string& endpoint, const std::string& what);
  void arm(Duration time, Late late);
  void disarm();

  std::unique_ptr<Transport> transport_;
  std::shared_ptr<Shared> shared_;
  std::string source_;
  std::optional<Caller> caller_;  ///< of the request at hand
  std::array<char, 8192> buffer_{};
  std::string rest_;  ///< what was received after the last request
  bool first_ = true;
  bool busy_ = false;  ///< with an answer; else with waiting for a request
  bool stopping_ = false;

  asio::steady_timer deadline_;
  unsigned armed_ = 0;  ///< counts, so that a wait that is over cannot end the next step
  bool late_ = false;

  bool stream_open_ = false;
  bool stream_done_ = false;  ///< its handler returned
  std::string outbox_;
  asio::steady_timer event_;    ///< cancelled when there is something to write
  asio::steady_timer drained_;  ///< cancelled when the outbox was written
  asio::cancellation_signal leave_;
};

}  // namespace entsync::control
