#include "control/connection.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>
#include <stdexcept>
#include <utility>

#include "core/text.hpp"

namespace entsync::control {
namespace {

using State = RequestReader::State;
using boost::system::error_code;

/// A sender of events waits while so much of them is unread.
constexpr std::size_t much_unread = std::size_t{64} << 10U;
/// What is read and thrown away of a request that was refused, before the connection is closed.
constexpr std::size_t most_of_a_refused_body = std::size_t{1} << 20U;
/// Shown of a path.
constexpr std::size_t longest_path = 300;

Answer problem(unsigned status, std::string code, std::string what, std::string remedy = {}) {
  return Answer::problem(
      status, Problem{Severity::error, std::move(code), {}, std::move(what), std::move(remedy)});
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string shown_path(const RequestReader& reader) {
  return printable(reader.target().path.substr(0, longest_path));
}

const std::vector<std::string>& groups_with(const RoleGroups& groups, Role role) {
  if (role == Role::operator_) return groups.operators;
  return role == Role::auditor ? groups.auditors : groups.viewers;
}

}  // namespace

std::string answer_text(const Answer& answer, bool keep_alive, bool body) {
  namespace http = boost::beast::http;
  const auto reason = http::obsolete_reason(http::int_to_status(answer.status));
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " ";
  text.append(reason.data(), reason.size());
  const auto field = [&text](std::string_view name, std::string_view value) {
    text.append("\r\n").append(name).append(": ").append(printable(value));
  };
  field("Content-Type", answer.content_type);
  field("Content-Length", std::to_string(answer.body.size()));
  field("Cache-Control", "no-store");
  field("Connection", keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : answer.headers) field(printable(name), value);
  text += "\r\n\r\n";
  if (body) text += answer.body;
  return text;
}

Connection::Connection(Socket socket, std::shared_ptr<Shared> shared, Peer peer)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      peer_(peer),
      deadline_(socket_.get_executor()),
      event_(socket_.get_executor()),
      drained_(socket_.get_executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  bool more = true;
  while (more) {
    // What is awaited has a name: g++ 12 loses the frame of a co_await inside some expressions.
    const bool goes_on = co_await exchange();
    more = goes_on && !stopping_;
    busy_ = false;
    first_ = false;
  }
  cut();
}

void Connection::stop() {
  stopping_ = true;
  if (!busy_) return cut();
  end_stream();
}

void Connection::cut() {
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  end_stream();
}

/// One request and its answer; whether there may be another.
asio::awaitable<bool> Connection::exchange() {
  RequestReader reader(shared_->limits, std::exchange(rest_, {}));
  const bool has_header = co_await receive_header(reader);
  if (reader.state() == State::failed) {
    co_return co_await failure(reader, reader.failure());
  }
  if (!has_header) co_return false;
  const Route route = shared_->router.find(reader.method(), reader.target().segments);
  std::optional<Answer> refused = refuse(reader, route);
  if (refused) co_return co_await answer(reader, std::move(*refused));
  const auto unfit = reader.body_refusal();
  if (unfit) co_return co_await failure(reader, *unfit);
  const bool is_whole = co_await receive_body(reader);
  if (reader.state() == State::failed) {
    co_return co_await failure(reader, reader.failure());
  }
  if (!is_whole) co_return false;
  co_return co_await serve(reader, route);
}

/// Whether there is a whole header; without one, and without a failure, nobody is left to answer.
asio::awaitable<bool> Connection::receive_header(RequestReader& reader) {
  bool more = true;
  if (!first_ && !reader.has_begun()) {
    arm(shared_->limits.idle_time, Late::close);
    more = co_await read_some(reader);
  }
  arm(shared_->limits.request_time, Late::cancel_reading);
  if (more) more = co_await receive_while(reader, State::header);
  co_return more;
}

asio::awaitable<bool> Connection::receive_body(RequestReader& reader) {
  if (reader.state() == State::body) {
    reader.read_body();
    if (reader.state() == State::body && reader.expects_continue()) {
      // Within the time of the request: the deadline goes on.
      error_code error;
      const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(socket_, asio::buffer(go_on),
                                 asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
    }
  }
  const bool whole = co_await receive_while(reader, State::body);
  disarm();
  co_return whole;
}

/// Reads until the state is another one; false when it is a failure, or there is nobody to answer.
asio::awaitable<bool> Connection::receive_while(RequestReader& reader, State state) {
  bool more = true;
  while (more && reader.state() == state) {
    more = co_await read_some(reader);
  }
  co_return more&& reader.state() != State::failed;
}

asio::awaitable<bool> Connection::read_some(RequestReader& reader) {
  error_code error;
  std::size_t size = 0;
  if (!late_) {
    size = co_await socket_.async_read_some(asio::buffer(buffer_),
                                            asio::redirect_error(asio::use_awaitable, error));
  }
  if (late_ && socket_.is_open()) {
    reader.expire();
    co_return false;
  }
  if (error) co_return false;
  reader.feed({buffer_.data(), size});
  co_return true;
}

/// Why this request is not done, known before its body is read.
std::optional<Answer> Connection::refuse(const RequestReader& reader, const Route& route) {
  if (auto refused = refuse_caller(reader)) return refused;
  const std::string asked = reader.method() + " " + shown_path(reader);
  if (route.allowed.empty())
    return problem(404, "CTL-013", "there is nothing at " + shown_path(reader),
                   "check the address and the version of the daemon");
  if (route.endpoint == nullptr) {
    Answer answer =
        problem(405, "CTL-014", asked + " is not possible", "use one of: " + joined(route.allowed));
    answer.headers.emplace_back("Allow", joined(route.allowed));
    return answer;
  }
  for (const auto& [name, value] : reader.target().query)
    if (route.parameters.contains(name))
      return problem(400, "CTL-011", "the parameter " + printable(name) + " is in path and query");
  if (!has_role_for(*route.endpoint)) return forbidden(reader, route.endpoint);
  return {};
}

std::optional<Answer> Connection::refuse_caller(const RequestReader& reader) {
  if (!shared_->rate.admit(peer_.uid, std::chrono::steady_clock::now())) {
    Answer answer = problem(429, "CTL-020", "too many requests of one user", "wait a second");
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }
  if (caller().roles.empty() && caller().limited.empty()) return forbidden(reader, nullptr);
  return {};
}

bool Connection::has_role_for(const Endpoint& endpoint) {
  return caller().roles.include(endpoint.role) ||
         (endpoint.by_school && !caller().limited.of(endpoint.role).empty());
}

/// Without an endpoint: to somebody who has no role at all.
Answer Connection::forbidden(const RequestReader& reader, const Endpoint* endpoint) {
  const Role needed = endpoint == nullptr ? Role::viewer : endpoint->role;
  std::string role = endpoint == nullptr ? "a role" : "the role " + std::string(to_string(needed));
  if (endpoint != nullptr && !caller().limited.of(needed).empty()) role += " for all schools";
  const std::string limited = to_string(caller().limited);
  const std::string why = "this needs " + role + "; you have " + to_string(caller().roles) +
                          (limited.empty() ? "" : ", and " + limited);
  const std::vector<std::string>& groups = groups_with(shared_->groups, needed);
  tell_refused(reader, endpoint, "needs " + role);
  return problem(403, "CTL-015", why,
                 groups.empty() ? "ask whoever runs the daemon; no group has this role yet"
                                : "ask to be a member of the group " + joined(groups));
}

void Connection::tell_refused(const RequestReader& reader, const Endpoint* endpoint,
                              const std::string& why) {
  if (!shared_->callbacks.on_refused) return;
  const std::string verb =
      endpoint == nullptr ? std::string() : endpoint->method + " " + endpoint->pattern;
  shared_->callbacks.on_refused({caller(), reader.method(), shown_path(reader), verb, why});
}

/// Looked up with the first request: a connection that asks nothing costs nothing.
const Caller& Connection::caller() {
  if (!caller_) caller_ = shared_->identify(peer_);
  return *caller_;
}

asio::awaitable<bool> Connection::serve(RequestReader& reader, const Route& route) {
  busy_ = true;
  Request request{reader.method(), reader.target().path, reader.target().query, {}, caller(), {}};
  if (!caller().roles.include(route.endpoint->role))
    request.schools = caller().limited.of(route.endpoint->role);
  request.parameters.insert(route.parameters.begin(), route.parameters.end());
  auto body = reader.json();
  if (!body) co_return co_await answer(reader, Answer::problem(400, body.error()));
  request.body = std::move(*body);
  if (route.endpoint->stream) {
    co_await stream(*route.endpoint, std::move(request));
    co_return false;
  }
  Answer done = co_await handle(*route.endpoint, std::move(request));
  if (done.status == 403)
    tell_refused(reader, route.endpoint, "is outside the schools of the role");
  co_return co_await answer(reader, std::move(done));
}

asio::awaitable<Answer> Connection::handle(const Endpoint& endpoint, Request request) {
  std::string why;
  try {
    auto work = endpoint.handle(std::move(request));
    co_return co_await std::move(work);
  } catch (const std::exception& error) {
    why = error.what();
  } catch (...) {
    why = "an exception without a text";
  }
  report(endpoint.method + " " + endpoint.pattern, why);
  co_return problem(500, "CTL-022", "the daemon failed to do this",
                    "look into its log; what was changed is in the journal");
}

/// Whether the connection may go on after it.
asio::awaitable<bool> Connection::answer(RequestReader& reader, Answer answer) {
  busy_ = true;
  const bool is_whole = reader.state() == State::complete;
  const bool is_refusal = answer.status == 403 || answer.status == 429;
  const bool keep = is_whole && !is_refusal && !stopping_ && reader.wants_keep_alive();
  const std::string text = answer_text(answer, keep, !is_whole || reader.method() != "HEAD");
  const bool written = co_await write(text, shared_->limits.answer_time);
  if (written && !keep && !is_whole) co_await take_leave();
  if (keep) rest_ = reader.take_rest();
  const bool goes_on = written && keep;
  co_return goes_on;
}

asio::awaitable<bool> Connection::failure(RequestReader& reader,
                                          const RequestReader::Failure& failure) {
  Answer refused = Answer::problem(failure.status, failure.problems);
  co_return co_await answer(reader, std::move(refused));
}

/// Whether all of it was taken in time; if not, the connection is closed.
asio::awaitable<bool> Connection::write(std::string_view text, Duration time) {
  error_code error;
  arm(time, Late::close);
  co_await asio::async_write(socket_, asio::buffer(text),
                             asio::redirect_error(asio::use_awaitable, error));
  disarm();
  if (error) cut();
  co_return !error;
}

/// A client that still sends would lose the answer, or see a broken connection before it.
asio::awaitable<void> Connection::take_leave() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  arm(shared_->limits.closing_time, Late::close);
  for (std::size_t taken = 0; !error && taken < most_of_a_refused_body;)
    taken += co_await socket_.async_read_some(asio::buffer(buffer_),
                                              asio::redirect_error(asio::use_awaitable, error));
  disarm();
}

asio::awaitable<void> Connection::stream(const Endpoint& endpoint, Request request) {
  const std::string_view head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "Connection: close\r\n\r\n";
  if (!co_await write(head, shared_->limits.answer_time)) co_return;
  if (stopping_) stream_done_ = true;
  stream_open_ = !stopping_;
  asio::co_spawn(socket_.get_executor(), watch_client(), asio::detached);
  if (stream_open_) start_stream_handler(endpoint, std::move(request));
  co_await write_events();
}

/// What a handler throws before its first wait is thrown here, too.
asio::awaitable<void> Connection::call_stream(const Endpoint& endpoint, Request request) {
  auto work = endpoint.stream(std::move(request), EventStream(shared_from_this()));
  co_await std::move(work);
}

void Connection::start_stream_handler(const Endpoint& endpoint, Request request) {
  const auto self = shared_from_this();
  const std::string name = endpoint.method + " " + endpoint.pattern;
  auto done = [self, name](const std::exception_ptr& error) {
    self->stream_done_ = true;
    self->event_.cancel();
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& cancelled) {
      // How a handler ends that waits while its client leaves.
      if (self->stream_open_ || cancelled.code() != asio::error::operation_aborted)
        self->report(name, cancelled.what());
    } catch (const std::exception& failed) {
      self->report(name, failed.what());
    } catch (...) {
      self->report(name, "an exception without a text");
    }
  };
  asio::co_spawn(socket_.get_executor(), call_stream(endpoint, std::move(request)),
                 asio::bind_cancellation_slot(leave_.slot(), std::move(done)));
}

/// A client of a stream has nothing to say: whatever comes from it is its end.
asio::awaitable<void> Connection::watch_client() {
  const auto self = shared_from_this();
  error_code error;
  co_await socket_.async_read_some(asio::buffer(buffer_),
                                   asio::redirect_error(asio::use_awaitable, error));
  cut();
}

asio::awaitable<void> Connection::write_events() {
  while (socket_.is_open()) {
    if (outbox_.empty() && (stream_done_ || !stream_open_)) break;
    if (outbox_.empty()) co_await wait_for_event();
    if (outbox_.empty()) continue;
    const std::string text = std::exchange(outbox_, {});
    if (!co_await write(text, shared_->limits.stream_stall)) break;
    drained_.cancel();
  }
  const std::string end = event_text("end", {});
  if (socket_.is_open()) co_await write(end, shared_->limits.closing_time);
  end_stream();
}

/// Until there is an event, the end, or it is time for a comment that shows we are alive.
asio::awaitable<void> Connection::wait_for_event() {
  event_.expires_after(shared_->limits.heartbeat);
  error_code cancelled;
  co_await event_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!cancelled && outbox_.empty()) outbox_ = ":\n\n";
}

asio::awaitable<bool> Connection::send(std::string text) {
  if (!stream_open_) co_return false;
  outbox_ += text;
  event_.cancel();
  while (stream_open_ && outbox_.size() > much_unread) {
    error_code cancelled;
    co_await drained_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return stream_open_;
}

void Connection::end_stream() {
  if (!std::exchange(stream_open_, false)) return;
  leave_.emit(asio::cancellation_type::terminal);
  drained_.cancel();
  event_.cancel();
}

void Connection::report(const std::string& endpoint, const std::string& what) {
  if (shared_->callbacks.on_problem)
    shared_->callbacks.on_problem({Severity::error,
                                   "CTL-006",
                                   {{}, 0, endpoint},
                                   "the request failed: " + what,
                                   "report a defect"});
}

void Connection::arm(Duration time, Late late) {
  late_ = false;
  deadline_.expires_after(time);
  auto end = [weak = weak_from_this(), armed = ++armed_, late](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->armed_ != armed) return;
    self->late_ = true;
    error_code ignored;
    if (late == Late::close)
      self->cut();
    else
      self->socket_.cancel(ignored);
  };
  deadline_.async_wait(std::move(end));
}

void Connection::disarm() {
  ++armed_;
  late_ = false;
  deadline_.cancel();
}

}  // namespace entsync::control
