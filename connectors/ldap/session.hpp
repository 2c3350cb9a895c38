#pragma once
/// libldap on the event loop: one connected handle, many operations under way. Owns the handle,
/// waits for its socket, hands requests over, reads every answer and ends each operation exactly
/// once. All of it runs on the thread of the executor; completions are always posted, so whoever is
/// resumed may destroy everything. Once lost, a session stays lost: each operation, present or
/// later, ends unanswered.

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/ldap/inflight.hpp"
#include "connectors/ldap/request.hpp"
#include "connectors/ldap/wire.hpp"
#include "core/problem.hpp"

namespace entsync::ldap {

namespace asio = boost::asio;

struct SessionOptions {
  std::string server;  ///< for messages
  InFlight::Limits limits{};
  std::function<void(Problem)> on_notice{};
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  /// Takes over a handle that is connected and bound.
  static std::shared_ptr<Session> start(asio::any_io_executor executor, Handle handle,
                                        SessionOptions options);
  Session(asio::any_io_executor executor, Handle handle, SessionOptions options);

  /// Sends the request, in its turn, and waits for its end. Supports cancellation: a search is then
  /// abandoned on the server, of a write only the answer is given up.
  asio::awaitable<Reply> perform(std::unique_ptr<Request> request);

  /// Ends every operation as unanswered and closes the connection.
  void close();

  [[nodiscard]] bool is_open() const { return open_; }

 private:
  using Completion = asio::any_completion_handler<void(Reply)>;
  struct Operation {
    Operation(Completion c, std::unique_ptr<Request> r)
        : completion(std::move(c)), request(std::move(r)) {}
    Completion completion;  // never assigned: Boost 1.81's move assignment recurses without end
    std::unique_ptr<Request> request;
  };
  struct Enqueue;
  struct Cancel;

  void attach();
  void enqueue(Completion completion, std::unique_ptr<Request> request);
  void cancel(InFlight::Serial serial);
  void abandon_cancelled();
  void pump();
  bool send_next(InFlight::Serial serial);

  void wait_readable();
  void wait_writable();
  void wait_deadline();
  void on_deadline();

  void drain();
  bool receive();
  void handle(LDAPMessage* message);
  void handle_notice(LDAPMessage* message);
  void handle_part(LDAPMessage* message);
  void handle_answer(LDAPMessage* message);
  bool parse(LDAPMessage* message, Reply& reply);

  void warn_if_slow(const InFlight::Arrival& arrival);
  void finish(InFlight::Serial serial, Reply reply);
  void complete(Completion completion, Reply reply);
  void lose(Ending ending, std::string why);
  void release();

  asio::any_io_executor executor_;
  SessionOptions options_;
  Wire wire_;  // outlives the handle that it watches
  Handle handle_;
  /// A duplicate of libldap's descriptor: libldap may close its own inside any call, and its number
  /// may be somebody else's before we notice. This one is ours alone, and nothing but waited on.
  asio::posix::stream_descriptor socket_;
  asio::steady_timer timer_;
  InFlight table_;
  std::unordered_map<InFlight::Serial, std::unique_ptr<Operation>> operations_;
  std::vector<int> to_abandon_;
  bool open_ = true;
  bool draining_ = false;
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  bool drain_posted_ = false;
  Reply loss_;  ///< how later operations end, once not open
};

}  // namespace entsync::ldap
