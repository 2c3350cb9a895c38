#pragma once
/// Tells one event to an address of HTTP, as other systems let themselves be told: POST, one JSON
/// value, an answer of 2xx. Never without an end: each attempt has its time (the look-up of a name
/// that of the system's resolver), and what could not be delivered after a few is given up and
/// said. Redirections are not followed: the token is for the address that was configured.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <string>

#include "core/problem.hpp"

namespace entsync::control {

struct WebhookSettings {
  std::string url;                     ///< https://host[:port][/path]; http to this machine alone
  std::filesystem::path ca_file{};     ///< whom to trust; empty: whom the system trusts
  std::filesystem::path token_file{};  ///< its first line is the bearer token; empty: none
  /// Of one attempt, and between two. Three attempts stay below the 30 s that a program has.
  std::chrono::milliseconds attempt_time = std::chrono::seconds(8);
  std::chrono::milliseconds pause = std::chrono::seconds(2);
};

/// What would keep every event from being told: no address, unreadable files.
Problems check_webhook(const WebhookSettings& settings);

/// Empty when it was taken; else why not, without a word of the answer's body. An answer of 4xx is
/// final, anything else is tried again.
boost::asio::awaitable<std::string> post_event(WebhookSettings settings, std::string json);

}  // namespace entsync::control
