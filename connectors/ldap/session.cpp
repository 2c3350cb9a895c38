#include "connectors/ldap/session.hpp"

#include <fcntl.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <utility>

#include "connectors/ldap/directory.hpp"

namespace entsync::ldap {
namespace {

/// Messages read in one go before the loop may do other work: some milliseconds.
constexpr int drain_batch = 512;

using Clock = std::chrono::steady_clock;

std::string seconds(InFlight::Duration duration) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

struct Session::Enqueue {
  std::shared_ptr<Session> session;
  template <class Handler>
  void operator()(Handler&& handler, std::unique_ptr<Request> request) {
    session->enqueue(Completion(std::forward<Handler>(handler)), std::move(request));
  }
};

struct Session::Cancel {
  std::weak_ptr<Session> session;
  InFlight::Serial serial;
  void operator()(asio::cancellation_type) const {
    if (const auto alive = session.lock()) alive->cancel(serial);
  }
};

std::shared_ptr<Session> Session::start(asio::any_io_executor executor, Handle handle,
                                        SessionOptions options) {
  auto session =
      std::make_shared<Session>(std::move(executor), std::move(handle), std::move(options));
  session->attach();
  return session;
}

Session::Session(asio::any_io_executor executor, Handle handle, SessionOptions options)
    : executor_(executor),
      options_(std::move(options)),
      handle_(std::move(handle)),
      socket_(executor),
      timer_(executor),
      table_(options_.limits) {}

void Session::attach() {
  int descriptor = -1;
  ldap_get_option(handle_.get(), LDAP_OPT_DESC, &descriptor);
  const int duplicate = descriptor < 0 ? -1 : ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  boost::system::error_code failed;
  if (duplicate >= 0) socket_.assign(duplicate, failed);
  if (duplicate >= 0 && !failed) socket_.native_non_blocking(true, failed);
  if (duplicate < 0 || failed || !wire_.watch(handle_.get())) {
    lose(Ending::lost, "the connection could not be handed to the event loop");
    return;
  }
  drain();  // TLS may have read ahead while the connection was made
}

asio::awaitable<Reply> Session::perform(std::unique_ptr<Request> request) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Reply)>(
      Enqueue{shared_from_this()}, asio::use_awaitable, std::move(request));
}

void Session::close() {
  lose(Ending::closed, "the connection was closed by this program");
}

void Session::enqueue(Completion completion, std::unique_ptr<Request> request) {
  if (!open_) {
    complete(std::move(completion), loss_);
    return;
  }
  const InFlight::Serial serial = table_.accept();
  auto slot = asio::get_associated_cancellation_slot(completion);
  operations_.emplace(serial,
                      std::make_unique<Operation>(std::move(completion), std::move(request)));
  if (slot.is_connected()) slot.assign(Cancel{weak_from_this(), serial});
  pump();
}

void Session::cancel(InFlight::Serial serial) {
  const InFlight::Forgotten forgotten = table_.forget(serial);
  if (!forgotten.known) return;
  const bool is_search = operations_.at(serial)->request->answer_type() == LDAP_RES_SEARCH_RESULT;
  if (forgotten.message_id && is_search) to_abandon_.push_back(*forgotten.message_id);
  finish(serial, Reply{.ending = Ending::cancelled, .client_text = "the wait was cancelled"});
  pump();
}

/// An abandon request must not be written between the halves of another request, and libldap gives
/// up the rest of one that the socket did not take whole.
void Session::abandon_cancelled() {
  while (open_ && !to_abandon_.empty() && !wire_.is_half_sent()) {
    ldap_abandon_ext(handle_.get(), to_abandon_.back(), nullptr, nullptr);
    to_abandon_.pop_back();
    if (wire_.is_half_sent()) lose(Ending::lost, "the server does not take what is sent to it");
  }
}

/// Sends what may be sent. While a request lies half sent libldap answers every further one
/// LDAP_BUSY: that is the socket's back-pressure, not the server's word.
void Session::pump() {
  abandon_cancelled();
  while (open_ && !wire_.is_half_sent()) {
    const auto serial = table_.next();
    if (!serial || !send_next(*serial)) break;
  }
  if (!open_) return;
  if (wire_.is_half_sent()) wait_writable();
  wait_deadline();
}

/// False when nothing more can be sent now.
bool Session::send_next(InFlight::Serial serial) {
  int message_id = -1;
  const int code = operations_.at(serial)->request->send(handle_.get(), message_id);
  switch (code) {
    case LDAP_SUCCESS:
      table_.sent(message_id, Clock::now());
      return true;
    case LDAP_BUSY:
      wait_writable();
      return false;
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_TIMEOUT:
      lose(Ending::lost, "the connection to the directory broke");
      return false;
    default:
      table_.refuse_next();
      finish(serial, Reply{.ending = Ending::not_sent,
                           .code = code,
                           .client_text = "the operation could not be encoded (" +
                                          std::string(result_name(code)) + ")"});
      return true;
  }
}

void Session::wait_readable() {
  if (!open_ || waiting_readable_) return;
  waiting_readable_ = true;
  auto on_ready = [self = shared_from_this()](const boost::system::error_code& failed) {
    self->waiting_readable_ = false;
    // A server on the same machine wakes us for each entry that it writes; letting it write a few
    // more first takes a tenth off a run on two cores.
    std::this_thread::yield();
    if (self->open_ && !failed) self->drain();
  };
  socket_.async_wait(asio::posix::stream_descriptor::wait_read, std::move(on_ready));
}

void Session::wait_writable() {
  if (!open_ || waiting_writable_) return;
  waiting_writable_ = true;
  auto on_ready = [self = shared_from_this()](const boost::system::error_code& failed) {
    self->waiting_writable_ = false;
    if (self->open_ && !failed) self->drain();
  };
  socket_.async_wait(asio::posix::stream_descriptor::wait_write, std::move(on_ready));
}

/// Answers only move a deadline back, so an armed timer is early at worst, never late.
void Session::wait_deadline() {
  const auto deadline = table_.deadline();
  if (!deadline || !open_ || timer_.expiry() > Clock::now()) return;
  timer_.expires_at(*deadline);
  auto on_time = [weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto self = weak.lock();
    if (self && self->open_ && !failed) self->on_deadline();
  };
  timer_.async_wait(std::move(on_time));
}

/// Our own loop may have been busy while answers lay in the socket: they are read first. A flood
/// that answers nobody buys one more deadline, not eternity.
void Session::on_deadline() {
  drain();
  if (!open_) return;
  const auto grace = drain_posted_ ? options_.limits.silence : InFlight::Duration::zero();
  if (table_.has_overdue(Clock::now() - grace))
    lose(Ending::timed_out,
         "the directory did not answer within " + seconds(options_.limits.silence));
  else
    wait_deadline();
}

/// Reads until libldap has nothing more: one TLS record can hold many answers, of which the socket
/// speaks once. Also what sends the rest of a half-sent request.
void Session::drain() {
  if (draining_ || !open_) return;
  const auto self = shared_from_this();
  draining_ = true;
  int batch = drain_batch;
  while (open_ && batch > 0 && receive()) --batch;
  draining_ = false;
  if (!open_) {
    release();
    return;
  }
  if (batch == 0 && !drain_posted_) {
    drain_posted_ = true;
    auto again = [self] {
      self->drain_posted_ = false;
      self->drain();
    };
    asio::post(executor_, std::move(again));
  } else if (batch > 0) {
    wait_readable();
  }
  pump();
}

/// At most one message of any operation; false when there is none to come without waiting.
/// LDAP_MSG_ONE: with LDAP_MSG_ALL an unfinished search hides the answers behind it (ITS#10229).
bool Session::receive() {
  timeval at_once{0, 0};
  LDAPMessage* raw = nullptr;
  const int type = ldap_result(handle_.get(), LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &raw);
  const Message message(raw);
  if (type > 0) {
    handle(message.get());
    return true;
  }
  if (type == 0) return wire_.holds_bytes();
  int code = LDAP_SUCCESS;
  ldap_get_option(handle_.get(), LDAP_OPT_RESULT_CODE, &code);
  if (code == LDAP_DECODING_ERROR)
    lose(Ending::garbled, "the server sent something that is not LDAP");
  else
    lose(Ending::lost, "the connection to the directory broke");
  return false;
}

void Session::handle(LDAPMessage* message) {
  if (ldap_msgid(message) == 0) {
    handle_notice(message);
    return;
  }
  switch (ldap_msgtype(message)) {
    case LDAP_RES_SEARCH_ENTRY:
    case LDAP_RES_SEARCH_REFERENCE:
    case LDAP_RES_INTERMEDIATE:
      handle_part(message);
      return;
    default:
      handle_answer(message);
  }
}

/// RFC 4511 §4.4: message id 0 is the server's own word. Only the notice of disconnection is
/// defined.
void Session::handle_notice(LDAPMessage* message) {
  char* oid = nullptr;
  Reply reply;
  if (!parse(message, reply)) return;
  ldap_parse_extended_result(handle_.get(), message, &oid, nullptr, 0);
  const Owned<char> name(oid);
  if (name == nullptr || std::string_view(name.get()) != LDAP_NOTICE_OF_DISCONNECTION) return;
  lose(Ending::dismissed,
       "the server closes the connection (" + std::string(result_name(reply.code)) + ")");
}

void Session::handle_part(LDAPMessage* message) {
  const auto arrival = table_.progressed(ldap_msgid(message), Clock::now());
  if (!arrival) return;
  Request& request = *operations_.at(arrival->serial)->request;
  const int type = ldap_msgtype(message);
  if (type == LDAP_RES_INTERMEDIATE) return;
  if (request.answer_type() != LDAP_RES_SEARCH_RESULT) {
    lose(Ending::garbled, "the server sent entries in answer to another operation");
    return;
  }
  warn_if_slow(*arrival);
  if (type == LDAP_RES_SEARCH_ENTRY)
    request.on_entry(handle_.get(), message);
  else
    request.on_reference();
}

void Session::handle_answer(LDAPMessage* message) {
  const auto arrival = table_.answered(ldap_msgid(message), Clock::now());
  if (!arrival) return;  // late, after its operation was given up
  Reply reply{.ending = Ending::answered};
  if (ldap_msgtype(message) != operations_.at(arrival->serial)->request->answer_type()) {
    finish(arrival->serial,
           Reply{.ending = Ending::garbled,
                 .client_text = "the server answered another operation than the one sent"});
    lose(Ending::garbled, "the server answered another operation than the one sent");
    return;
  }
  warn_if_slow(*arrival);
  const bool parsed = parse(message, reply);
  if (!parsed)
    reply = Reply{.ending = Ending::garbled,
                  .client_text = "the server sent an answer that cannot be read"};
  finish(arrival->serial, std::move(reply));
}

/// False, with the session given up, when the answer cannot be read.
bool Session::parse(LDAPMessage* message, Reply& reply) {
  char* text = nullptr;
  LDAPControl** list = nullptr;
  const int failed =
      ldap_parse_result(handle_.get(), message, &reply.code, nullptr, &text, nullptr, &list, 0);
  const Owned<char> server_text(text);
  const Controls controls(list);
  if (failed != LDAP_SUCCESS) {
    lose(Ending::garbled, "the server sent an answer that cannot be read");
    return false;
  }
  if (server_text != nullptr) reply.server_text = server_text.get();
  LDAPControl* page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls.get(), nullptr);
  if (page == nullptr) return true;
  berval cookie{0, nullptr};
  if (ldap_parse_pageresponse_control(handle_.get(), page, nullptr, &cookie) != LDAP_SUCCESS) {
    lose(Ending::garbled, "the server sent a page control that cannot be read");
    return false;
  }
  const Owned<char> bytes(cookie.bv_val);
  reply.page = cookie.bv_len == 0 ? std::string() : std::string(cookie.bv_val, cookie.bv_len);
  return true;
}

void Session::warn_if_slow(const InFlight::Arrival& arrival) {
  if (!arrival.slow || !options_.on_notice) return;
  Problem problem{Severity::warning,
                  "LDAP-022",
                  {{}, 0, options_.server},
                  "an operation (" + std::string(operations_.at(arrival.serial)->request->name()) +
                      ") was answered after " + seconds(arrival.silence) + " of the " +
                      seconds(options_.limits.silence) + " allowed",
                  "look at the server's load and at missing indexes before operations time out"};
  auto tell = [notice = options_.on_notice, problem = std::move(problem)]() mutable {
    notice(std::move(problem));
  };
  asio::post(executor_, std::move(tell));
}

void Session::finish(InFlight::Serial serial, Reply reply) {
  auto node = operations_.extract(serial);
  complete(std::move(node.mapped()->completion), std::move(reply));
}

void Session::complete(Completion completion, Reply reply) {
  auto resume = [completion = std::move(completion), reply = std::move(reply)]() mutable {
    std::move(completion)(std::move(reply));
  };
  asio::post(executor_, std::move(resume));
}

void Session::lose(Ending ending, std::string why) {
  if (!open_) return;
  open_ = false;
  loss_ = Reply{.ending = ending, .client_text = std::move(why)};
  boost::system::error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  for (const InFlight::Serial serial : table_.take_all()) finish(serial, loss_);
  if (!draining_) release();
}

/// Not while libldap is on the stack.
void Session::release() {
  handle_.reset();
}

}  // namespace entsync::ldap
