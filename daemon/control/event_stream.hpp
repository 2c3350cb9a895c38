#pragma once
/// Server-sent events to one client. What is sent is handed to the connection, which writes it; a
/// sender waits only while the client has much unread, and a client that takes nothing for
/// Limits::stream_stall is dropped. Copies are the same stream.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace entsync::control {

namespace asio = boost::asio;

/// One event as it is written: a data line for each line of `data`.
std::string event_text(std::string_view event, std::string_view data);

class EventStream {
 public:
  /// The connection behind a stream.
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual asio::awaitable<bool> send(std::string text) = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
  };
  explicit EventStream(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}

  /// False when the client is gone or the server stops: the handler then returns. (In a handler
  /// that was cancelled by then Asio throws operation_aborted instead; nobody needs to catch it.)
  asio::awaitable<bool> send(std::string event, std::string data);
  [[nodiscard]] bool is_open() const { return channel_->is_open(); }

 private:
  std::shared_ptr<Channel> channel_;
};

}  // namespace entsync::control
