#include "chain.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <stdexcept>

namespace entsync {
namespace {

constexpr std::uint8_t leaf_domain = 0;

/// OpenSSL fails here only without memory or with a broken installation; neither can be carried on
/// from.
void must(int success) {
  if (success != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

struct ChainHasher::Context {
  struct FreeDigest {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  };
  struct FreeContext {
    void operator()(EVP_MD_CTX* held) const { EVP_MD_CTX_free(held); }
  };
  // Fetched once: EVP_sha256() would look the algorithm up again at every initialisation.
  std::unique_ptr<EVP_MD, FreeDigest> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, FreeContext> running{EVP_MD_CTX_new()};
};

ChainHasher::ChainHasher() : context_(std::make_unique<Context>()) {
  must(context_->sha256 && context_->running ? 1 : 0);
}
ChainHasher::ChainHasher(ChainHasher&&) noexcept = default;
ChainHasher& ChainHasher::operator=(ChainHasher&&) noexcept = default;
ChainHasher::~ChainHasher() = default;

ChainHash ChainHasher::next(const ChainHash& previous, std::string_view canonical_bytes) {
  EVP_MD_CTX* const context = context_->running.get();
  ChainHash hash{};
  must(EVP_DigestInit_ex2(context, context_->sha256.get(), nullptr));
  must(EVP_DigestUpdate(context, &leaf_domain, sizeof leaf_domain));
  must(EVP_DigestUpdate(context, previous.data(), previous.size()));
  must(EVP_DigestUpdate(context, canonical_bytes.data(), canonical_bytes.size()));
  must(EVP_DigestFinal_ex(context, hash.data(), nullptr));
  return hash;
}

std::optional<ChainHash> chain_hash_from(std::string_view bytes) {
  ChainHash hash{};
  if (bytes.size() != hash.size()) return std::nullopt;
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

std::string_view bytes_of(const ChainHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string hexadecimal(const ChainHash& hash) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace entsync
