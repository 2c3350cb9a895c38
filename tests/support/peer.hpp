#pragma once
/// A scripted LDAP server for tests: a real listening socket on 127.0.0.1, plain or TLS, whose
/// thread plays a script, a function that reads requests and sends whatever bytes it likes, at the
/// moment it likes. It can do what no real server does on demand: put many answers into one TLS
/// record, stop reading, break off in the middle of a message, answer in the wrong order or not at
/// all.
///
///   Peer peer([](Conversation& c) {
///     const Message request = c.expect(ber::modify_request);
///     c.send(ber::result(request.id, ber::modify_response, 51));
///   });
///
/// A script that is disappointed (another request, a timeout of 20 s, a closed connection) fails
/// the test when the peer is destroyed, which also ends the script.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/certificates.hpp"

namespace entsync::test {

/// Bytes of LDAP messages (RFC 4511, BER definite lengths).
namespace ber {

inline constexpr std::uint8_t bind_request = 0x60, bind_response = 0x61;
inline constexpr std::uint8_t unbind_request = 0x42;
inline constexpr std::uint8_t search_request = 0x63, search_entry = 0x64, search_done = 0x65;
inline constexpr std::uint8_t search_reference = 0x73;
inline constexpr std::uint8_t modify_request = 0x66, modify_response = 0x67;
inline constexpr std::uint8_t add_request = 0x68, add_response = 0x69;
inline constexpr std::uint8_t delete_request = 0x4a, delete_response = 0x6b;
inline constexpr std::uint8_t abandon_request = 0x50;
inline constexpr std::uint8_t extended_request = 0x77, extended_response = 0x78;
inline constexpr std::uint8_t intermediate_response = 0x79;

using Attributes = std::vector<std::pair<std::string, std::vector<std::string>>>;

std::string tlv(std::uint8_t tag, std::string_view content);
std::string integer(int value, std::uint8_t tag = 0x02);
std::string message(int id, std::string_view operation, std::string_view controls = {});
std::string result(int id, std::uint8_t tag, int code, std::string_view text = {},
                   const std::vector<std::string>& referrals = {});
std::string entry(int id, std::string_view dn, const Attributes& attributes);
std::string reference(int id, const std::string& uri);
/// The end of a page (RFC 2696); an empty cookie ends the search.
std::string page_end(int id, std::string_view cookie, int code = 0);
std::string intermediate(int id);
/// RFC 4511 §4.4.1
std::string notice_of_disconnection(int code);

}  // namespace ber

/// A request as it was read.
struct Message {
  int id = 0;
  std::uint8_t tag = 0;
  std::string operation;  ///< content of the protocol operation
  std::string controls;   ///< content of the controls, empty when there are none

  /// Name of the entry: of a delete its whole content, of others their first string.
  [[nodiscard]] std::string dn() const;
  [[nodiscard]] bool has_control(std::string_view oid) const {
    return controls.find(oid) != std::string::npos;
  }
};

/// A door between a test and a script.
class Gate {
 public:
  void open();
  /// False when it did not open within 20 s.
  bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Conversation {
 public:
  virtual ~Conversation() = default;

  /// The next request, of this kind; an unbind or the end of the connection otherwise disappoints.
  virtual Message expect(std::uint8_t tag) = 0;
  /// The next request, whatever it is.
  virtual Message next() = 0;
  /// In one write: one TLS record when it is not larger than 16 KB.
  virtual void send(std::string_view bytes) = 0;
  /// Byte by byte, each in a write of its own.
  virtual void drip(std::string_view bytes) = 0;
  /// Whether the client sends nothing for this long.
  virtual bool is_quiet(int milliseconds) = 0;
  /// Waits until the client has closed the connection, reading and dropping what it still sends.
  virtual void wait_for_end() = 0;
  /// Orderly end of what we send.
  virtual void close() = 0;
  /// RST instead of FIN.
  virtual void reset() = 0;
  /// The TLS handshake, server side; only for peers that start without.
  virtual void start_tls() = 0;
};

struct PeerOptions {
  /// Certificate for TLS. With `tls_from_start` ldaps, else only Conversation::start_tls uses it.
  std::shared_ptr<const Certificate> certificate{};
  bool tls_from_start = false;
  bool old_tls = false;  ///< TLS 1.0 and 1.1 only
  /// Whether to accept a TCP connection and then shake no hands.
  bool ignore_handshake = false;
  /// SO_RCVBUF of the connection, 0 for the system's: small ones make the client's sends half sent.
  int receive_buffer = 0;
};

class Peer {
 public:
  using Script = std::function<void(Conversation&)>;
  explicit Peer(Script script, PeerOptions options = {});
  /// Ends the script and reports its disappointment as a test failure.
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// ldap://127.0.0.1:port, or ldaps://127.0.0.1:port for a peer with TLS from the start.
  [[nodiscard]] std::string uri() const;
  /// Whether a client has connected.
  [[nodiscard]] bool was_visited() const;

 private:
  void run();

  Script script_;
  PeerOptions options_;
  int listener_ = -1;
  int stop_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  bool visited_ = false;
  bool stopping_ = false;
  std::string failure_;
  std::thread thread_;
};

}  // namespace entsync::test
