#pragma once
/// Certificates for tests, made when they are needed: nothing secret, nothing to expire in the
/// repository.

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace entsync::test {

struct Certificate {
  std::string pem;
  std::string key_pem;
  std::string sha256{};  ///< of the certificate, 64 lower-case digits
};

/// A certification authority with a key of its own.
class Authority {
 public:
  explicit Authority(const std::string& name = "entsync test CA");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// The authority's own certificate: what a client has to trust.
  [[nodiscard]] const std::string& pem() const { return pem_; }
  /// A certificate for server and client use. `names` as subjectAltName writes them:
  /// "DNS:localhost", "IP:127.0.0.1".
  /// `expired`: since a minute.
  [[nodiscard]] Certificate issue(const std::string& common_name,
                                  const std::vector<std::string>& names,
                                  bool expired = false) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  std::string pem_;
};

}  // namespace entsync::test
