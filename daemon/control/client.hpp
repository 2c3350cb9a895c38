#pragma once
/// The other end of the control API, for the command line, over the socket or over the network:
/// connects, asks once, waits. Blocks the caller, with its own event loop, and never longer than
/// the times of its settings.

#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::control {

struct ClientSettings {
  std::filesystem::path socket;
  std::string url{};                         ///< instead of the socket: https://host[:port]
  std::filesystem::path ca_file{};           ///< whom to trust; empty: whom the system trusts
  std::filesystem::path token_file{};        ///< its first line is the bearer token
  std::filesystem::path certificate_file{};  ///< with key_file: who this is
  std::filesystem::path key_file{};
  std::chrono::milliseconds connect_time = std::chrono::seconds(5);
  /// To send the request and get the whole answer.
  std::chrono::milliseconds answer_time = std::chrono::seconds(120);
  /// A stream that is silent for longer has lost its server: a few heartbeats.
  std::chrono::milliseconds stream_silence = std::chrono::seconds(45);
  std::size_t answer_limit = std::size_t{64} << 20U;
};

struct Reply {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

/// A value for use in a path or query: everything but unreserved characters is percent-encoded.
std::string percent_encoded(std::string_view text);

/// Sends one request; whatever the daemon answers is a reply, 4xx and 5xx too.
Result<Reply> ask(const ClientSettings& settings, std::string_view method, std::string_view target,
                  const std::optional<boost::json::value>& body = {});

/// The callback returns false to leave.
using OnEvent = std::function<bool(std::string_view event, std::string_view data)>;

/// Reads an event stream until its "end" (which the callback does not see), or until the callback
/// leaves. An answer that is no stream is returned as a reply, without an event.
Result<Reply> follow(const ClientSettings& settings, std::string_view target,
                     const OnEvent& on_event);

/// The problem in an answer of the daemon, or one that says that there was none to understand.
Problem problem_of(const Reply& reply);

}  // namespace entsync::control
