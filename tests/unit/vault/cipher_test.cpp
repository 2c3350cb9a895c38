#include "vault/cipher.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

CipherKey key_of(std::uint8_t byte) {
  CipherKey key{};
  key.fill(byte);
  return key;
}

TEST(Cipher, GivesBackWhatWasEncrypted) {
  for (const std::string& text : {std::string(), std::string("é"), std::string(100'000, 'x')}) {
    const std::string bytes = encrypt(key_of(1), text, "head");
    EXPECT_EQ(bytes.size(), text.size() + 28);
    EXPECT_EQ(decrypt(key_of(1), bytes, "head"), text);
  }
}

TEST(Cipher, NeverGivesTheSameBytesTwice) {
  EXPECT_NE(encrypt(key_of(1), "text", ""), encrypt(key_of(1), "text", ""));
}

TEST(Cipher, RefusesAnotherKeyAnotherHeadAndEveryChangedByte) {
  const std::string bytes = encrypt(key_of(1), "Zéphyrine", "head");
  EXPECT_FALSE(decrypt(key_of(2), bytes, "head"));
  EXPECT_FALSE(decrypt(key_of(1), bytes, "tail"));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(decrypt(key_of(1), changed, "head")) << i;
    EXPECT_FALSE(decrypt(key_of(1), std::string_view(bytes).substr(0, i), "head")) << i;
  }
}

}  // namespace
}  // namespace entsync
