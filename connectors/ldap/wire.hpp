#pragma once
/// Watches the bytes that libldap moves, as a layer of its socket buffer. libldap says neither
/// whether a request lies half sent in its buffer nor whether a call moved anything; this layer
/// sees every read and write, above TLS, and knows.

#include <cstddef>

#include "connectors/ldap/handle.hpp"

namespace entsync::ldap {

class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Puts itself on top of the connection of `ld`, which must not outlive it, and bounds the size
  /// of one message from the server. False when libldap refuses.
  [[nodiscard]] bool watch(LDAP* ld);

  /// A request has been sent in part, the socket took no more: wait until it is writable, then call
  /// ldap_result, which sends on.
  [[nodiscard]] bool is_half_sent() const { return half_sent_; }

  /// Largest message that is accepted. A group of 60 000 members is about 4 MB.
  static constexpr std::size_t max_message = std::size_t{64} << 20U;

 private:
  friend struct WireLayer;
  bool half_sent_ = false;
};

}  // namespace entsync::ldap
