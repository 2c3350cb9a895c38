#pragma once
/// The bytes of one connection, whatever carries them: a unix socket, or TLS over TCP. A connection
/// decides what to do and for how long; this only moves bytes and knows who is at the other end.
/// Everything runs on one executor. A transport outlives the operations that wait on it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "control/peer.hpp"

namespace entsync::control {

namespace asio = boost::asio;

/// How the time before the first request ended.
struct Opening {
  bool done = false;
  std::string refused{};  ///< why the other end may not be here; empty when it merely failed
};

class Transport {
 public:
  virtual ~Transport() = default;

  [[nodiscard]] virtual asio::any_io_executor executor() = 0;
  /// What comes before the first request.
  virtual asio::awaitable<Opening> open() = 0;
  /// Who is at the other end; all of it is known when it is open.
  [[nodiscard]] virtual const Peer& peer() const = 0;

  virtual asio::awaitable<std::size_t> read_some(asio::mutable_buffer to,
                                                 boost::system::error_code& error) = 0;
  virtual asio::awaitable<void> write(std::string_view bytes, boost::system::error_code& error) = 0;
  /// Tells the other end that nothing more comes; what is read then is good for nothing.
  virtual asio::awaitable<void> finish(boost::system::error_code& error) = 0;
  /// Ends what waits, not the connection.
  virtual void cancel() = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_open() const = 0;

  /// The last word to a client that gets no connection, if it can be said without waiting.
  virtual void turn_away(std::string_view answer) = 0;
};

}  // namespace entsync::control
