#include "control/connection.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
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

Answer too_many(std::string what, std::string seconds) {
  Answer answer = problem(429, "CTL-020", std::move(what), "wait " + seconds + " s");
  answer.headers.emplace_back("Retry-After", std::move(seconds));
  return answer;
}

std::string kind_of(const Peer& peer) {
  return std::holds_alternative<NetworkPeer>(peer) ? "address" : "user";
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

Connection::Connection(std::unique_ptr<Transport> transport, std::shared_ptr<Shared> shared)
    : transport_(std::move(transport)),
      shared_(std::move(shared)),
      source_(source_of(transport_->peer())),
      deadline_(transport_->executor()),
      event_(transport_->executor()),
      drained_(transport_->executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  bool more = co_await open();
  while (more) {
    // What is awaited has a name: g++ 12 loses the frame of a co_await inside some expressions.
    const bool goes_on = co_await exchange();
    more = goes_on && !stopping_;
    busy_ = false;
    first_ = false;
  }
  cut();
}

/// Whether there can be requests.
asio::awaitable<bool> Connection::open() {
  arm(shared_->limits.opening_time, Late::close);
  const Opening opening = co_await transport_->open();
  disarm();
  if (!opening.refused.empty()) tell_unknown({}, {}, opening.refused);
  const bool usable = opening.done && transport_->is_open();
  co_return usable;
}

void Connection::stop() {
  stopping_ = true;
  if (!busy_) return cut();
  end_stream();
}

void Connection::cut() {
  transport_->close();
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
      co_await transport_->write(go_on, error);
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
    size = co_await transport_->read_some(asio::buffer(buffer_), error);
  }
  if (late_ && transport_->is_open()) {
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
  if (!shared_->rate.admit(source_, std::chrono::steady_clock::now()))
    return too_many("too many requests of one " + kind_of(transport_->peer()), "1");
  Identity identity = identify(reader);
  if (!identity.caller) return refuse_unknown(reader, identity.why);
  caller_ = std::move(identity.caller);
  if (caller_->roles.empty() && caller_->limited.empty()) return forbidden(reader, nullptr);
  return {};
}

/// A process stays who it was when it connected, and is looked up with its first request: a
/// connection that asks nothing costs nothing. What comes over the network shows its credentials
/// with each request.
Identity Connection::identify(const RequestReader& reader) {
  const bool is_local = std::holds_alternative<LocalPeer>(transport_->peer());
  if (is_local && caller_) return {*caller_, {}};
  return shared_->identify(transport_->peer(), reader.authorization());
}

/// Refusals that come too fast are neither told nor journaled: nobody may fill the journal. A right
/// credential is never counted, so that nobody can lock out others behind his address.
Answer Connection::refuse_unknown(const RequestReader& reader, const std::string& why) {
  if (!tell_unknown(reader.method(), shown_path(reader), why))
    return too_many("too many refused requests of one " + kind_of(transport_->peer()), "10");
  Answer answer =
      problem(401, "CTL-016", "who you are is not known: " + why,
              "send a valid token (Authorization: Bearer …), use a certificate that the "
              "daemon knows, or connect from an account of its machine");
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"entsync\"");
  return answer;
}

bool Connection::tell_unknown(const std::string& method, const std::string& path,
                              const std::string& why) {
  if (!shared_->refusals.admit(source_, std::chrono::steady_clock::now())) return false;
  if (shared_->callbacks.on_refused)
    shared_->callbacks.on_refused({Caller{source_, "client", {}, {}}, method, path, {}, why});
  return true;
}

bool Connection::has_role_for(const Endpoint& endpoint) const {
  return caller_->roles.include(endpoint.role) ||
         (endpoint.by_school && !caller_->limited.of(endpoint.role).empty());
}

/// Without an endpoint: to somebody who has no role at all.
Answer Connection::forbidden(const RequestReader& reader, const Endpoint* endpoint) {
  const Role needed = endpoint == nullptr ? Role::viewer : endpoint->role;
  std::string role = endpoint == nullptr ? "a role" : "the role " + std::string(to_string(needed));
  if (endpoint != nullptr && !caller_->limited.of(needed).empty()) role += " for all schools";
  const std::string limited = to_string(caller_->limited);
  const std::string why = "this needs " + role + "; you have " + to_string(caller_->roles) +
                          (limited.empty() ? "" : ", and " + limited);
  tell_refused(reader, endpoint, "needs " + role);
  return problem(403, "CTL-015", why, how_to_get(needed));
}

std::string Connection::how_to_get(Role role) const {
  if (std::holds_alternative<NetworkPeer>(transport_->peer()))
    return "ask whoever runs the daemon for a token or a certificate that has it";
  const std::vector<std::string>& groups = groups_with(shared_->groups, role);
  return groups.empty() ? "ask whoever runs the daemon; no group has this role yet"
                        : "ask to be a member of the group " + joined(groups);
}

void Connection::tell_refused(const RequestReader& reader, const Endpoint* endpoint,
                              const std::string& why) {
  if (!shared_->callbacks.on_refused) return;
  const std::string verb =
      endpoint == nullptr ? std::string() : endpoint->method + " " + endpoint->pattern;
  shared_->callbacks.on_refused({*caller_, reader.method(), shown_path(reader), verb, why});
}

asio::awaitable<bool> Connection::serve(RequestReader& reader, const Route& route) {
  busy_ = true;
  Request request{reader.method(), reader.target().path, reader.target().query, {}, *caller_, {}};
  if (!caller_->roles.include(route.endpoint->role))
    request.schools = caller_->limited.of(route.endpoint->role);
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
  const bool is_refusal = answer.status == 401 || answer.status == 403 || answer.status == 429;
  const bool keep = is_whole && !is_refusal && !stopping_ && reader.wants_keep_alive();
  const std::string text = answer_text(answer, keep, !is_whole || reader.method() != "HEAD");
  const bool written = co_await write(text, shared_->limits.answer_time);
  if (written && !keep) co_await take_leave(is_whole);
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
  co_await transport_->write(text, error);
  disarm();
  if (error) cut();
  co_return !error;
}

/// The other end learns that this was all. A client that still sends would lose the answer, or see
/// a broken connection before it: what it sends is read and thrown away.
asio::awaitable<void> Connection::take_leave(bool nothing_comes) {
  error_code error;
  arm(shared_->limits.closing_time, Late::close);
  co_await transport_->finish(error);
  for (std::size_t taken = 0; !nothing_comes && !error && taken < most_of_a_refused_body;)
    taken += co_await transport_->read_some(asio::buffer(buffer_), error);
  disarm();
}

asio::awaitable<void> Connection::stream(const Endpoint& endpoint, Request request) {
  const std::string_view head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "Connection: close\r\n\r\n";
  if (!co_await write(head, shared_->limits.answer_time)) co_return;
  if (stopping_) stream_done_ = true;
  stream_open_ = !stopping_;
  asio::co_spawn(transport_->executor(), watch_client(), asio::detached);
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
  asio::co_spawn(transport_->executor(), call_stream(endpoint, std::move(request)),
                 asio::bind_cancellation_slot(leave_.slot(), std::move(done)));
}

/// A client of a stream has nothing to say: whatever comes from it is its end.
asio::awaitable<void> Connection::watch_client() {
  const auto self = shared_from_this();
  error_code error;
  co_await transport_->read_some(asio::buffer(buffer_), error);
  cut();
}

asio::awaitable<void> Connection::write_events() {
  while (transport_->is_open()) {
    if (outbox_.empty() && (stream_done_ || !stream_open_)) break;
    if (outbox_.empty()) co_await wait_for_event();
    if (outbox_.empty()) continue;
    const std::string text = std::exchange(outbox_, {});
    if (!co_await write(text, shared_->limits.stream_stall)) break;
    drained_.cancel();
  }
  const std::string end = event_text("end", {});
  if (transport_->is_open()) co_await write(end, shared_->limits.closing_time);
  if (transport_->is_open()) co_await take_leave(true);
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
    if (late == Late::close)
      self->cut();
    else
      self->transport_->cancel();
  };
  deadline_.async_wait(std::move(end));
}

void Connection::disarm() {
  ++armed_;
  late_ = false;
  deadline_.cancel();
}

}  // namespace entsync::control
