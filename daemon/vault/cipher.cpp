#include "cipher.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "secret/random_secret.hpp"

namespace entsync {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* held) const { EVP_CIPHER_CTX_free(held); }
};
struct FreeCipher {
  void operator()(EVP_CIPHER* held) const { EVP_CIPHER_free(held); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// OpenSSL fails here only without memory or with a broken installation; neither can be carried on
/// from.
void must(int success) {
  if (success != 1) throw std::runtime_error("OpenSSL cannot compute AES-256-GCM");
}

/// Fetched once: EVP_aes_256_gcm() would look the algorithm up again at every initialisation.
const EVP_CIPHER* aes_256_gcm() {
  static const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  must(cipher ? 1 : 0);
  return cipher.get();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Context make_context() {
  Context context(EVP_CIPHER_CTX_new());
  must(context ? 1 : 0);
  return context;
}

}  // namespace

std::string encrypt(const CipherKey& key, std::string_view text, std::string_view bound) {
  const Context context = make_context();
  std::string out(nonce_bytes + text.size() + tag_bytes, '\0');
  unsigned char* const nonce = bytes_of(out);
  fill_random({nonce, nonce_bytes});
  int size = 0;
  must(EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), key.data(), nonce, nullptr));
  must(EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(bound),
                         static_cast<int>(bound.size())));
  must(EVP_EncryptUpdate(context.get(), nonce + nonce_bytes, &size, bytes_of(text),
                         static_cast<int>(text.size())));
  must(EVP_EncryptFinal_ex(context.get(), nonce + nonce_bytes + text.size(), &size));
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                           nonce + nonce_bytes + text.size()));
  return out;
}

std::optional<std::string> decrypt(const CipherKey& key, std::string_view bytes,
                                   std::string_view bound) {
  if (bytes.size() < nonce_bytes + tag_bytes) return std::nullopt;
  const std::string_view nonce = bytes.substr(0, nonce_bytes);
  const std::string_view text = bytes.substr(nonce_bytes, bytes.size() - nonce_bytes - tag_bytes);
  std::string tag(bytes.substr(bytes.size() - tag_bytes));
  const Context context = make_context();
  std::string out(text.size(), '\0');
  int size = 0;
  must(EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), key.data(), bytes_of(nonce), nullptr));
  must(EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(bound),
                         static_cast<int>(bound.size())));
  must(EVP_DecryptUpdate(context.get(), bytes_of(out), &size, bytes_of(text),
                         static_cast<int>(text.size())));
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()));
  if (EVP_DecryptFinal_ex(context.get(), bytes_of(out) + out.size(), &size) != 1)
    return std::nullopt;
  return out;
}

}  // namespace entsync
