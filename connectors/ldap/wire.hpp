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

  /// Puts itself on top of the connection of `ld`, which must not outlive it, lets it read ahead,
  /// and bounds the size of one message from the server. False when libldap refuses.
  [[nodiscard]] bool watch(LDAP* ld);

  /// Bytes were read ahead that ldap_result has not looked at, and the socket will not tell of
  /// them. ldap_result can say that there is nothing and leave some: behind a TLS record without
  /// data, such as a session ticket. Each call takes some.
  [[nodiscard]] bool holds_bytes() const;

  /// A request has been sent in part, the socket took no more: wait until it is writable, then call
  /// ldap_result, which sends on.
  [[nodiscard]] bool is_half_sent() const { return half_sent_; }

  /// Largest message that is accepted. A group of 60 000 members is about 4 MB.
  static constexpr std::size_t max_message = std::size_t{64} << 20U;
  static constexpr int read_ahead = 64 << 10;  ///< bytes

 private:
  friend struct WireLayer;
  Sockbuf* buffer_ = nullptr;
  bool half_sent_ = false;
};

}  // namespace entsync::ldap
