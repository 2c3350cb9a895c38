#pragma once
/// An address of HTTP as people configure it, taken apart: https, or http for what listens on this
/// machine alone. No credentials in it: an address is shown in messages.

#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::control {

struct Url {
  bool tls = true;
  std::string host;       ///< a name or an address, without brackets
  std::string port;       ///< a number
  std::string authority;  ///< host and port as the field Host wants them
  std::string target;     ///< path and query; "/" when there is none

  [[nodiscard]] bool is_address() const;
  /// "localhost", 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const;
};

Result<Url> parse_url(std::string_view text);

}  // namespace entsync::control
