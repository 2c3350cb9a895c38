#include "control/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "digest/sha256.hpp"
#include "secret/secret.hpp"

namespace entsync::control {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr std::size_t longest_key = std::size_t{64} << 10U;

Problem about(const std::filesystem::path& file, const std::string& what, std::string remedy) {
  return {Severity::error, "CTL-041", {file.string(), 0, {}}, what, std::move(remedy)};
}

}  // namespace

ssl::context tls_context(ssl::context::method method) {
  ssl::context context(method);
  SSL_CTX* const raw = context.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // A session that is resumed would not be asked for its certificate again.
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  return context;
}

Problems use_certificate(ssl::context& context, const std::filesystem::path& certificate,
                         const std::filesystem::path& key) {
  Problems problems;
  error_code error;
  context.use_certificate_chain_file(certificate.string(), error);
  if (error)
    problems.add(about(certificate, "the certificate cannot be used: " + error.message(),
                       "name a PEM file with the certificate, then its chain"));
  const auto secret = read_secret_file(
      key, longest_key, {"CTL-042", "CTL-043", "CTL-042", "the key file", "the path of the key"});
  if (!secret) problems.append(secret.error());
  if (problems.has_errors()) return problems;
  context.use_private_key(boost::asio::buffer(secret->text()), ssl::context::pem, error);
  if (error)
    problems.add(about(key, "the key cannot be used with this certificate: " + error.message(),
                       "name the PEM file of the certificate's own key, without a passphrase"));
  return problems;
}

Problems trust(ssl::context& context, const std::filesystem::path& authorities) {
  error_code error;
  context.load_verify_file(authorities.string(), error);
  if (!error) return {};
  return about(authorities, "the authorities cannot be read: " + error.message(),
               "name a PEM file with the certificates of the authorities");
}

std::string peer_certificate_sha256(const ssl_st* session) {
  X509* const certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) return {};
  Sha256Value digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return hex(digest);
}

}  // namespace entsync::control
