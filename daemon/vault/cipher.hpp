#pragma once
/// AES-256-GCM (NIST SP 800-38D) through OpenSSL, with a random nonce for every text: under one key
/// 2^32 texts are safe, a person has some thousands.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

using CipherKey = std::array<std::uint8_t, 32>;

/// 12 bytes of nonce, the cipher text, 16 bytes of tag. `bound` is not kept: to be decrypted the
/// same has to be given again.
std::string encrypt(const CipherKey& key, std::string_view text, std::string_view bound);

/// Nothing when the key or `bound` is another one, or a byte was changed.
std::optional<std::string> decrypt(const CipherKey& key, std::string_view bytes,
                                   std::string_view bound);

}  // namespace entsync
