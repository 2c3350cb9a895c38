#pragma once
/// The address of a directory server as the configuration writes it.

#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::ldap {

struct Uri {
  enum class Scheme { ldap, ldaps, ldapi } scheme = Scheme::ldap;
  std::string text{};  ///< as configured
  std::string host{};  ///< host name or address; the socket's path for ldapi
  int port = 0;

  /// Nothing leaves this machine: ldapi, localhost, 127.0.0.0/8, ::1.
  [[nodiscard]] bool is_local() const;
  /// The URI that opens the same connection without starting TLS.
  [[nodiscard]] std::string without_tls() const;
};

/// One server, `ldap://`, `ldaps://` or `ldapi://`, without DN, filter or extensions (RFC 4516):
/// those change what libldap does behind our back. LDAP-001 otherwise.
Result<Uri> parse_uri(const std::string& text);

}  // namespace entsync::ldap
