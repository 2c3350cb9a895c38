#pragma once
/// What one client may take of the daemon. No limit depends on the good will of a client: times are
/// totals, not pauses between bytes.

#include <chrono>
#include <cstddef>

namespace entsync::control {

struct Limits {
  std::size_t header = std::size_t{8} << 10U;
  std::size_t body = std::size_t{64} << 10U;
  std::size_t connections = 64;
  std::size_t connections_per_source =
      16;                           ///< of a user or address, so that nobody takes all of them
  double requests_per_second = 50;  ///< of one user or address
  double request_burst = 100;
  double refusals_per_second = 0.2;  ///< of one address: told and journaled, then only 429
  double refusal_burst = 10;
  std::chrono::milliseconds opening_time = std::chrono::seconds(5);   ///< for the handshake of TLS
  std::chrono::milliseconds request_time = std::chrono::seconds(10);  ///< to send a whole request
  std::chrono::milliseconds idle_time = std::chrono::seconds(30);     ///< between two requests
  std::chrono::milliseconds answer_time = std::chrono::seconds(60);   ///< to take an answer
  std::chrono::milliseconds heartbeat = std::chrono::seconds(15);  ///< of a stream without events
  std::chrono::milliseconds stream_stall =
      std::chrono::seconds(10);  ///< to take what a stream sends
  std::chrono::milliseconds closing_time = std::chrono::seconds(1);  ///< to take leave
};

}  // namespace entsync::control
