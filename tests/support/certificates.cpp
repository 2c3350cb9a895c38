#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <string_view>

namespace entsync::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using X509Ptr = std::shared_ptr<X509>;

Key make_key() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (key == nullptr) throw std::runtime_error("no EC key");
  return key;
}

void name(X509_NAME* target, const std::string& common_name) {
  X509_NAME_add_entry_by_txt(target, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("bad certificate extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr make_certificate(const std::string& common_name, EVP_PKEY* key) {
  static std::atomic<long> serial{1};
  X509Ptr certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 3600);
  X509_set_pubkey(certificate.get(), key);
  name(X509_get_subject_name(certificate.get()), common_name);
  return certificate;
}

std::string sha256_of(const X509* certificate) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) (text += digits[byte >> 4U]) += digits[byte & 15U];
  return text;
}

template <class Write>
std::string to_pem(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  write(out.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Authority::Authority(const std::string& common_name) : key_(make_key()) {
  certificate_ = make_certificate(common_name, key_.get());
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  pem_ = to_pem([this](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
}

Authority::~Authority() = default;

Certificate Authority::issue(const std::string& common_name, const std::vector<std::string>& names,
                             bool expired) const {
  const Key key = make_key();
  const X509Ptr certificate = make_certificate(common_name, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  extend(certificate.get(), certificate_.get(), NID_key_usage, "critical,digitalSignature");
  extend(certificate.get(), certificate_.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  std::string alternatives;
  for (const std::string& alternative : names)
    alternatives += (alternatives.empty() ? "" : ",") + alternative;
  if (!alternatives.empty())
    extend(certificate.get(), certificate_.get(), NID_subject_alt_name, alternatives);
  if (expired) X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -60);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  Certificate issued;
  issued.sha256 = sha256_of(certificate.get());
  issued.pem = to_pem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  issued.key_pem = to_pem([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return issued;
}

}  // namespace entsync::test
