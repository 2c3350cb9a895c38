#include "support/peer.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace entsync::test {
namespace {

constexpr int patience_ms = 20'000;

struct Disappointed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// The test is over; not a failure.
struct Stopped {};

std::string describe_kind(std::uint8_t tag) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", tag);
  return text.data();
}

std::size_t read_length(std::string_view bytes, std::size_t& at) {
  const auto first = static_cast<std::uint8_t>(bytes.at(at++));
  if (first < 0x80) return first;
  std::size_t length = 0;
  for (int i = 0; i < (first & 0x7F); ++i)
    length = length << 8U | static_cast<std::uint8_t>(bytes.at(at++));
  return length;
}

struct Element {
  std::uint8_t tag;
  std::string_view content;
  std::size_t end;
};

Element read_element(std::string_view bytes, std::size_t at) {
  const auto tag = static_cast<std::uint8_t>(bytes.at(at++));
  const std::size_t length = read_length(bytes, at);
  return {tag, bytes.substr(at, length), at + length};
}

class SocketConversation final : public Conversation {
 public:
  SocketConversation(int socket, int stop, const PeerOptions& options)
      : socket_(socket), stop_(stop), options_(options) {}
  SocketConversation(const SocketConversation&) = delete;
  SocketConversation& operator=(const SocketConversation&) = delete;
  ~SocketConversation() override {
    if (tls_ != nullptr) SSL_free(tls_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    if (socket_ >= 0) ::close(socket_);
  }

  Message expect(std::uint8_t tag) override {
    Message message = next();
    if (message.tag != tag)
      throw Disappointed("expected request " + describe_kind(tag) + ", got " +
                         describe_kind(message.tag));
    return message;
  }

  Message next() override {
    while (!has_message())
      if (!receive())
        throw Disappointed("the client closed the connection, a request was expected");
    const Element whole = read_element(buffer_, 0);
    const Element id = read_element(whole.content, 0);
    const Element operation = read_element(whole.content, id.end);
    Message message;
    for (const char byte : id.content)
      message.id = message.id << 8 | static_cast<std::uint8_t>(byte);
    message.tag = operation.tag;
    message.operation = operation.content;
    if (operation.end < whole.content.size())
      message.controls = read_element(whole.content, operation.end).content;
    buffer_.erase(0, whole.end);
    return message;
  }

  void send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const long count = write_some(bytes);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void drip(std::string_view bytes) override {
    for (const char& byte : bytes) send({&byte, 1});
  }

  bool is_quiet(int milliseconds) override {
    if (!buffer_.empty() || (tls_ != nullptr && SSL_pending(tls_) > 0)) return false;
    return !wait(POLLIN, milliseconds);
  }

  void wait_for_end() override {
    while (receive()) buffer_.clear();
  }

  void close() override {
    if (tls_ != nullptr) SSL_shutdown(tls_);
    ::shutdown(socket_, SHUT_WR);
  }

  void reset() override {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
  }

  void start_tls() override {
    context_ = SSL_CTX_new(TLS_server_method());
    use(*options_.certificate);
    if (options_.old_tls) {
      SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
      SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_, TLS1_1_VERSION);
    }
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    // A client that refuses the certificate ends the handshake: that is for the test to see, not
    // here.
    for (;;) {
      const int code = SSL_accept(tls_);
      if (code == 1) return;
      wait_for_tls(code, "TLS handshake");
    }
  }

 private:
  void use(const Certificate& certificate) {
    const std::unique_ptr<BIO, int (*)(BIO*)> pem(
        BIO_new_mem_buf(certificate.pem.data(), static_cast<int>(certificate.pem.size())),
        BIO_free);
    const std::unique_ptr<BIO, int (*)(BIO*)> key_pem(
        BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size())),
        BIO_free);
    X509* x509 = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr);
    const bool taken =
        SSL_CTX_use_certificate(context_, x509) == 1 && SSL_CTX_use_PrivateKey(context_, key) == 1;
    X509_free(x509);
    EVP_PKEY_free(key);
    if (!taken) throw Disappointed("the test certificate is unusable");
  }

  [[nodiscard]] bool has_message() const {
    if (buffer_.size() < 2) return false;
    const auto first = static_cast<std::uint8_t>(buffer_[1]);
    const std::size_t head = first < 0x80 ? 2 : 2U + (first & 0x7FU);
    if (buffer_.size() < head) return false;
    std::size_t at = 1;
    const std::size_t length = read_length(buffer_, at);
    return buffer_.size() >= at + length;
  }

  /// False at the end of the connection.
  bool receive() {
    std::array<char, 65'536> bytes;
    for (;;) {
      if (tls_ != nullptr) {
        const int count = SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()));
        if (count > 0) {
          buffer_.append(bytes.data(), static_cast<std::size_t>(count));
          return true;
        }
        const int why = SSL_get_error(tls_, count);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
          ERR_clear_error();
          return false;
        }
        wait_for_tls(count, "reading");
        continue;
      }
      const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (count > 0) {
        buffer_.append(bytes.data(), static_cast<std::size_t>(count));
        return true;
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) return false;
      must_wait(POLLIN, "a request");
    }
  }

  long write_some(std::string_view bytes) {
    for (;;) {
      if (tls_ != nullptr) {
        const int count = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        if (count > 0) return count;
        wait_for_tls(count, "writing");
        continue;
      }
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) return count;
      if (errno != EAGAIN && errno != EINTR) throw Disappointed("the client is gone");
      must_wait(POLLOUT, "the client to read");
    }
  }

  void wait_for_tls(int code, const std::string& what) {
    switch (SSL_get_error(tls_, code)) {
      case SSL_ERROR_WANT_READ:
        must_wait(POLLIN, what);
        return;
      case SSL_ERROR_WANT_WRITE:
        must_wait(POLLOUT, what);
        return;
      default:
        ERR_clear_error();
        throw Disappointed("TLS ended while " + what);
    }
  }

  void must_wait(short events, const std::string& what) {
    if (!wait(events, patience_ms)) throw Disappointed("waited 20 s for " + what);
  }

  bool wait(short events, int milliseconds) {
    std::array<pollfd, 2> fds{{{socket_, events, 0}, {stop_, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), milliseconds) <= 0) return false;
    if (fds[1].revents != 0) throw Stopped{};
    return true;
  }

  int socket_;
  int stop_;
  const PeerOptions& options_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string buffer_;
};

}  // namespace

namespace ber {

std::string tlv(std::uint8_t tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    out += '\x84';
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>(content.size() >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return out.append(content);
}

std::string integer(int value, std::uint8_t tag) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes +=
        static_cast<char>(static_cast<unsigned>(value) >> static_cast<unsigned>(shift) & 0xFFU);
  while (bytes.size() > 1 &&
         ((bytes[0] == '\0' && bytes[1] >= 0) || (bytes[0] == '\xFF' && bytes[1] < 0)))
    bytes.erase(0, 1);
  return tlv(tag, bytes);
}

std::string message(int id, std::string_view operation, std::string_view controls) {
  std::string content = integer(id);
  content += operation;
  if (!controls.empty()) content += tlv(0xA0, controls);
  return tlv(0x30, content);
}

namespace {

std::string result_content(int code, std::string_view text,
                           const std::vector<std::string>& referrals = {}) {
  std::string content = integer(code, 0x0A) + tlv(0x04, "") + tlv(0x04, text);
  if (referrals.empty()) return content;
  std::string uris;
  for (const std::string& uri : referrals) uris += tlv(0x04, uri);
  return content + tlv(0xA3, uris);
}

}  // namespace

std::string result(int id, std::uint8_t tag, int code, std::string_view text,
                   const std::vector<std::string>& referrals) {
  return message(id, tlv(tag, result_content(code, text, referrals)));
}

std::string entry(int id, std::string_view dn, const Attributes& attributes) {
  std::string list;
  for (const auto& [name, values] : attributes) {
    std::string set;
    for (const std::string& value : values) set += tlv(0x04, value);
    list += tlv(0x30, tlv(0x04, name) + tlv(0x31, set));
  }
  return message(id, tlv(search_entry, tlv(0x04, dn) + tlv(0x30, list)));
}

std::string reference(int id, const std::string& uri) {
  return message(id, tlv(search_reference, tlv(0x04, uri)));
}

std::string page_end(int id, std::string_view cookie, int code) {
  const std::string value = tlv(0x30, integer(0) + tlv(0x04, cookie));
  const std::string control = tlv(0x30, tlv(0x04, "1.2.840.113556.1.4.319") + tlv(0x04, value));
  return message(id, tlv(search_done, result_content(code, "")), control);
}

std::string intermediate(int id) {
  return message(id, tlv(intermediate_response, tlv(0x80, "1.3.6.1.4.1.4203.1.9.1.4")));
}

std::string notice_of_disconnection(int code) {
  return message(
      0, tlv(extended_response, result_content(code, "") + tlv(0x8A, "1.3.6.1.4.1.1466.20036")));
}

}  // namespace ber

std::string Message::dn() const {
  if (tag == ber::delete_request) return operation;
  return std::string(read_element(operation, 0).content);
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(patience_ms), [this] { return open_; });
}

Peer::Peer(Script script, PeerOptions options)
    : script_(std::move(script)), options_(std::move(options)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (options_.receive_buffer > 0)
    setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &options_.receive_buffer, sizeof(int));
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 4) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the scripted peer cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Peer::~Peer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) < 0) std::abort();
  thread_.join();
  ::close(listener_);
  ::close(stop_);
  if (!failure_.empty()) ADD_FAILURE() << "scripted peer: " << failure_;
}

std::string Peer::uri() const {
  return (options_.tls_from_start ? "ldaps://127.0.0.1:" : "ldap://127.0.0.1:") +
         std::to_string(port_);
}

bool Peer::was_visited() const {
  const std::lock_guard lock(mutex_);
  return visited_;
}

void Peer::run() {
  // OpenSSL writes without MSG_NOSIGNAL. For this thread only: what the program under test does
  // about the signal is for its tests to see.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  std::array<pollfd, 2> fds{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
  if (::poll(fds.data(), fds.size(), -1) <= 0 || fds[1].revents != 0) return;
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  {
    const std::lock_guard lock(mutex_);
    visited_ = true;
  }
  SocketConversation conversation(socket, stop_, options_);
  try {
    if (options_.tls_from_start && !options_.ignore_handshake) conversation.start_tls();
  } catch (const Disappointed&) {
    return;  // the client did not like our certificate: its test knows
  } catch (const Stopped&) {
    return;
  }
  try {
    script_(conversation);
  } catch (const Stopped&) {
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    if (!stopping_) failure_ = error.what();
  }
}

}  // namespace entsync::test
