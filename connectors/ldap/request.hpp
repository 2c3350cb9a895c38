#pragma once
/// One operation as the session sees it: how it is sent, what its answer looks like, and how it
/// ended.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/ldap/handle.hpp"

namespace entsync::ldap {

/// Why an operation is over.
enum class Ending : std::uint8_t {
  answered,   ///< the server's final answer, in `code`
  not_sent,   ///< libldap could not encode it; `code` is its (negative) error
  lost,       ///< the connection broke
  timed_out,  ///< the server was silent for too long; the connection was given up
  dismissed,  ///< the server announced that it closes the connection (RFC 4511 §4.4.1)
  garbled,    ///< the server broke the protocol; the connection was given up
  closed,     ///< our side closed the connection
  cancelled,  ///< our side stopped waiting
};

struct Reply {
  Ending ending = Ending::lost;
  int code = 0;
  std::string server_text{};  ///< may hold personal data
  std::string client_text{};  ///< our own words
  /// Where the next page starts (RFC 2696); empty on the last page, no value when the server sent
  /// no page control.
  std::optional<std::string> page{};

  [[nodiscard]] bool answered() const { return ending == Ending::answered; }
};

class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  virtual ~Request() = default;

  /// Hands the operation to libldap; may be called again after LDAP_BUSY.
  virtual int send(LDAP* ld, int& message_id) = 0;
  /// Tag of the final answer, e.g. LDAP_RES_ADD.
  [[nodiscard]] virtual int answer_type() const = 0;
  /// For messages, e.g. "modify".
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// Entries and references of a search, called while answers are read: must not suspend or close
  /// the session.
  virtual void on_entry(LDAP*, LDAPMessage*) {}
  virtual void on_reference() {}
};

}  // namespace entsync::ldap
