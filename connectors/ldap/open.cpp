#include "connectors/ldap/open.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>

#include "connectors/ldap/library.hpp"
#include "connectors/ldap/uri.hpp"
#include "core/text.hpp"
#include "secret/secret.hpp"

namespace entsync::ldap {
namespace {

using Clock = std::chrono::steady_clock;

/// GnuTLS takes a file without any certificate for an empty list, and then trusts nobody.
bool holds_certificate(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text.find("-----BEGIN") != std::string::npos &&
         text.find("CERTIFICATE") != std::string::npos;
}

/// An empty password would bind anonymously (RFC 4513 §5.1.2).
Result<Secret> read_password(const std::filesystem::path& file) {
  return read_secret_line(
      file, {"LDAP-005", "LDAP-006", "LDAP-007", "the password file", "ldap.password_file"});
}

struct ServerAnswer {
  int code = LDAP_SUCCESS;  ///< negative: libldap's, no answer came
  bool timed_out = false;
};

/// One attempt to connect.
class Opening {
 public:
  Opening(const ConnectOptions& options, Uri uri)
      : options_(options),
        uri_(std::move(uri)),
        deadline_(Clock::now() + options.connect_timeout) {}

  Result<Handle> run() {
    Problems problems = check();
    if (problems.has_errors()) return problems;
    Secret secret;
    if (options_.bind == ConnectOptions::Bind::simple) {
      Result<Secret> read = read_password(options_.password_file);
      if (!read) return read.error();
      secret = std::move(read.value());
    }
    for (auto step :
         {&Opening::prepare, &Opening::reach, &Opening::ask_start_tls, &Opening::secure})
      if (auto problem = (this->*step)()) return std::move(*problem);
    if (auto problem = bind(secret)) return std::move(*problem);
    return std::move(handle_);
  }

  Problems without_network() {
    Problems problems = check();
    if (options_.bind == ConnectOptions::Bind::simple && !options_.password_file.empty())
      if (auto secret = read_password(options_.password_file); !secret)
        problems.append(secret.error());
    if (problems.has_errors()) return problems;
    if (auto problem = prepare()) problems.add(std::move(*problem));
    return problems;
  }

 private:
  using Outcome = std::optional<Problem>;

  [[nodiscard]] bool uses_tls() const {
    return uri_.scheme == Uri::Scheme::ldaps || options_.start_tls;
  }

  [[nodiscard]] Problem problem(const char* code, std::string what, std::string remedy) const {
    return {Severity::error, code, {{}, 0, uri_.text}, std::move(what), std::move(remedy)};
  }

  [[nodiscard]] bool is_late() const { return Clock::now() >= deadline_; }

  [[nodiscard]] Problem too_late(const std::string& what) const {
    return problem("LDAP-011",
                   what + " within " + std::to_string(options_.connect_timeout.count()) + " ms",
                   "check that the server answers and that no firewall drops the connection");
  }

  /// Contradictions that need no network.
  [[nodiscard]] Problems check() const {
    Problems problems;
    if (options_.start_tls && uri_.scheme != Uri::Scheme::ldap)
      problems.add(problem("LDAP-002", "start_tls goes with ldap:// only",
                           "take start_tls off: ldaps:// is TLS already, ldapi:// needs none"));
    if (uses_tls() && options_.tls_ca_file.empty())
      problems.add(problem("LDAP-002", "TLS is wanted, but tls_ca_file does not say whom to trust",
                           "set ldap.tls_ca_file, e.g. to /etc/ssl/certs/ca-certificates.crt"));
    if (options_.tls_certificate_file.empty() != options_.tls_key_file.empty())
      problems.add(problem("LDAP-002", "a client certificate needs both its file and its key",
                           "set both tls_certificate_file and tls_key_file, or neither"));
    for (const auto* file :
         {&options_.tls_ca_file, &options_.tls_certificate_file, &options_.tls_key_file})
      if (!file->empty() && access(file->c_str(), R_OK) != 0)
        problems.error("LDAP-003", {file->string(), 0, {}},
                       "the TLS file cannot be read: " + std::generic_category().message(errno),
                       "check its path and that the service account may read it");
    if (uses_tls() && !problems.has_errors() && !holds_certificate(options_.tls_ca_file))
      problems.error("LDAP-003", {options_.tls_ca_file.string(), 0, {}},
                     "the file holds no certificate in PEM form", "check ldap.tls_ca_file");
    if (options_.bind != ConnectOptions::Bind::simple) return problems;
    if (options_.bind_dn.empty() || options_.password_file.empty())
      problems.add(problem("LDAP-008", "a simple bind needs bind_dn and password_file",
                           "set both, or use bind = \"external\""));
    if (!uses_tls() && !uri_.is_local())
      problems.add(problem("LDAP-004", "the password would cross the network unprotected",
                           "use ldaps://, or start_tls = true"));
    return problems;
  }

  /// Everything explicit: no default of the machine decides.
  Outcome prepare() {
    LDAP* raw = nullptr;
    // For ldaps:// the handshake is ours to start, so that its failure is not taken for a dead
    // server.
    if (ldap_initialize(&raw, uri_.without_tls().c_str()) != LDAP_SUCCESS)
      return problem("LDAP-001", "the server's address cannot be used", "check ldap.uri");
    handle_.reset(raw);
    const int version = LDAP_VERSION3;
    const int idle_seconds = 60;
    set(LDAP_OPT_PROTOCOL_VERSION, &version);
    set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    set(LDAP_OPT_RESTART, LDAP_OPT_ON);
    set(LDAP_OPT_DEREF, &never_dereference_);
    // Otherwise libldap frees the connection inside a call and opens another, unbound one in the
    // next.
    set(LDAP_OPT_KEEPCONN, LDAP_OPT_ON);
    set(LDAP_OPT_X_KEEPALIVE_IDLE, &idle_seconds);
    return uses_tls() ? prepare_tls() : std::nullopt;
  }

  Outcome prepare_tls() {
    const int demand = LDAP_OPT_X_TLS_HARD;
    const int as_client = 0;
    bool accepted = set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) &&
                    set(LDAP_OPT_X_TLS_CACERTFILE, options_.tls_ca_file.c_str());
    if (!options_.tls_certificate_file.empty())
      accepted = accepted && set(LDAP_OPT_X_TLS_CERTFILE, options_.tls_certificate_file.c_str()) &&
                 set(LDAP_OPT_X_TLS_KEYFILE, options_.tls_key_file.c_str());
    // Last: it builds the context out of the options before it.
    accepted = accepted && set(LDAP_OPT_X_TLS_NEWCTX, &as_client);
    if (accepted) return std::nullopt;
    return problem("LDAP-003",
                   "the TLS files cannot be used: not PEM, or key and certificate differ",
                   "check tls_ca_file, tls_certificate_file and tls_key_file");
  }

  Outcome reach() {
    limit_network();
    const int code = ldap_connect(handle_.get());
    if (code == LDAP_SUCCESS) return std::nullopt;
    if (is_late()) return too_late("no connection to the directory could be made");
    return problem("LDAP-010", "the directory cannot be reached",
                   uri_.scheme == Uri::Scheme::ldapi
                       ? "check that the server runs, the socket's path and the rights on it"
                       : "check the host's name, that the server runs and listens on this port");
  }

  Outcome ask_start_tls() {
    if (!options_.start_tls) return std::nullopt;
    int message_id = -1;
    int code = ldap_start_tls(handle_.get(), nullptr, nullptr, &message_id);
    const ServerAnswer answer =
        code == LDAP_SUCCESS ? wait_for(message_id) : ServerAnswer{.code = code};
    if (answer.code == LDAP_SUCCESS) return std::nullopt;
    if (answer.timed_out) return too_late("the server did not answer StartTLS");
    if (answer.code < 0) return broken("while TLS was asked for");
    return problem("LDAP-012",
                   "the server refused StartTLS (" + std::string(result_name(answer.code)) + ")",
                   "configure TLS on the server, or use the ldaps:// address");
  }

  Outcome secure() {
    if (!uses_tls()) return std::nullopt;
    limit_network();
    // libldap 2.5 heeds the timeout of a handshake only on connections said to be asynchronous; on
    // others it spins until the server speaks.
    int descriptor = -1;
    ldap_get_option(handle_.get(), LDAP_OPT_DESC, &descriptor);
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    set(LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON);
    const int code = ldap_install_tls(handle_.get());
    set(LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_OFF);
    if (code != LDAP_SUCCESS) return explain_handshake(code);
    const std::string version = text_option(LDAP_OPT_X_TLS_VERSION);
    if (version.ends_with("1.2") || version.ends_with("1.3")) return std::nullopt;
    // libldap's GnuTLS back end does not honour LDAP_OPT_X_TLS_PROTOCOL_MIN, and leaks with
    // priorities.
    return problem("LDAP-012", "the server speaks " + version + " only, which is not safe any more",
                   "enable TLS 1.2 or 1.3 on the server");
  }

  /// libldap verifies chain and host name inside the handshake. With GnuTLS a certificate that is
  /// not accepted has no error text of its own, while protocol errors do.
  [[nodiscard]] Problem explain_handshake(int code) const {
    if (code == LDAP_TIMEOUT || is_late())
      return too_late("the TLS handshake did not end, or its certificate is not trusted,");
    const std::string said = text_option(LDAP_OPT_DIAGNOSTIC_MESSAGE);
    std::string remedy =
        "tls_ca_file has to hold the CA that issued the server's certificate, the certificate has "
        "to be "
        "in date and to name \"" +
        uri_.host + "\"";
    if (equals_ignoring_case(uri_.host, "localhost"))
      remedy += " (libldap takes it for this machine's own name; 127.0.0.1 is taken as written)";
    if (said.empty() || said.find("unknown error") != std::string::npos ||
        said.find("ertificate") != std::string::npos)
      return problem(
          "LDAP-013",
          "the server's certificate is not trusted, has expired or does not bear its name", remedy);
    return problem("LDAP-012",
                   "no TLS connection came about (" + said +
                       "): the server does not speak TLS here, or its certificate is not trusted",
                   "check the port and the server's TLS set-up (1.2 or later); " + remedy);
  }

  Outcome bind(const Secret& secret) {
    if (options_.bind == ConnectOptions::Bind::anonymous) return std::nullopt;
    const bool is_simple = options_.bind == ConnectOptions::Bind::simple;
    berval credentials{secret.text().size(), const_cast<char*>(secret.text().data())};
    int message_id = -1;
    const int code = ldap_sasl_bind(handle_.get(), is_simple ? options_.bind_dn.c_str() : nullptr,
                                    is_simple ? LDAP_SASL_SIMPLE : "EXTERNAL", &credentials,
                                    nullptr, nullptr, &message_id);
    const ServerAnswer answer =
        code == LDAP_SUCCESS ? wait_for(message_id) : ServerAnswer{.code = code};
    if (answer.timed_out) return too_late("the server did not answer the bind");
    return explain_bind(answer.code, is_simple);
  }

  [[nodiscard]] Outcome explain_bind(int code, bool is_simple) const {
    const std::string name = std::string(result_name(code));
    if (code < 0) return broken("during the bind");
    switch (code) {
      case LDAP_SUCCESS:
        return std::nullopt;
      case LDAP_INVALID_CREDENTIALS:
        if (is_simple)
          return problem(
              "LDAP-015", "the server does not accept bind_dn and password (" + name + ")",
              "check bind_dn and the first line of password_file, and that the account is "
              "not locked");
        [[fallthrough]];
      case LDAP_AUTH_METHOD_NOT_SUPPORTED:
      case LDAP_INAPPROPRIATE_AUTH:
        if (is_simple) break;
        return problem(
            "LDAP-016", "the server does not take SASL EXTERNAL here (" + name + ")",
            "use ldapi://, or TLS with a client certificate that the server verifies, or "
            "bind = \"simple\"");
      case LDAP_UNWILLING_TO_PERFORM:
        return problem("LDAP-017", "the server is unwilling to let us bind (" + name + ")",
                       "look at the server's log: binds of this kind may be disallowed");
      default:
        break;
    }
    return problem("LDAP-018", "the server refused the bind (" + name + ")",
                   "look at the server's log at this time");
  }

  [[nodiscard]] Problem broken(const std::string& when) const {
    return problem("LDAP-019", "the connection broke " + when,
                   "look at the server's log; a proxy or the server's own limits may close it");
  }

  ServerAnswer wait_for(int message_id) {
    const auto left = std::max(deadline_ - Clock::now(), Clock::duration::zero());
    timeval time = to_timeval(left);
    LDAPMessage* raw = nullptr;
    const int type = ldap_result(handle_.get(), message_id, LDAP_MSG_ALL, &time, &raw);
    const Message message(raw);
    if (type == 0) return {.code = LDAP_TIMEOUT, .timed_out = true};
    ServerAnswer answer{.code = LDAP_SERVER_DOWN};
    if (type < 0) return answer;
    if (ldap_parse_result(handle_.get(), message.get(), &answer.code, nullptr, nullptr, nullptr,
                          nullptr, 0) != LDAP_SUCCESS)
      answer.code = LDAP_DECODING_ERROR;
    return answer;
  }

  void limit_network() {
    const auto left = deadline_ - Clock::now();
    const timeval time = to_timeval(std::max<Clock::duration>(left, std::chrono::milliseconds(1)));
    set(LDAP_OPT_NETWORK_TIMEOUT, &time);
  }

  static timeval to_timeval(Clock::duration duration) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
  }

  [[nodiscard]] std::string text_option(int option) const {
    char* text = nullptr;
    ldap_get_option(handle_.get(), option, &text);
    const Owned<char> owned(text);
    return text == nullptr ? "" : text;
  }

  bool set(int option, const void* value) {
    return ldap_set_option(handle_.get(), option, value) == LDAP_OPT_SUCCESS;
  }

  const ConnectOptions& options_;
  Uri uri_;
  Clock::time_point deadline_;
  int never_dereference_ = LDAP_DEREF_NEVER;
  Handle handle_;
};

}  // namespace

Problems check_options(const ConnectOptions& options) {
  prepare_library();
  Result<Uri> uri = parse_uri(options.uri);
  if (!uri) return uri.error();
  return Opening(options, std::move(uri.value())).without_network();
}

Result<Handle> open_connection(const ConnectOptions& options) {
  prepare_library();
  Result<Uri> uri = parse_uri(options.uri);
  if (!uri) return uri.error();
  return Opening(options, std::move(uri.value())).run();
}

}  // namespace entsync::ldap
