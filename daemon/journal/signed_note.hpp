#pragma once
/// Signed notes (https://c2sp.org/signed-note) with Ed25519 (RFC 8032): a text, an empty line, and
/// a line for each signature, `— name base64(key hash ‖ signature)`. Keys have names and are
/// written as verifier keys, `name+key hash+base64(0x01 ‖ public key)`, where the key hash is the
/// first four bytes of SHA-256(name ‖ '\n' ‖ 0x01 ‖ public key): people can compare them by eye.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"

namespace entsync {

class VerifierKey {
 public:
  /// JRN-021 for anything else than a verifier key.
  static Result<VerifierKey> parse(std::string_view text);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Four bytes in hexadecimal, as it stands in the text.
  [[nodiscard]] std::string hash() const;
  [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;
  bool operator==(const VerifierKey&) const = default;

 private:
  friend class SigningKey;
  using Raw = std::array<std::uint8_t, 32>;
  VerifierKey(std::string name, const Raw& raw) : name_(std::move(name)), raw_(raw) {}

  std::string name_;
  Raw raw_{};
};

/// The private half. It never leaves the object but into its file.
class SigningKey {
 public:
  /// A new key by OpenSSL's generator. The name has no space and no plus.
  static SigningKey generate(std::string name);
  /// What file_text() wrote; JRN-022 otherwise.
  static Result<SigningKey> parse(std::string_view text);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
  /// The line of a signature of `text`, with its line break.
  [[nodiscard]] std::string signature_line(std::string_view text) const;
  /// The verifier key as a comment line and the key in PEM (PKCS #8). Secret.
  [[nodiscard]] std::string file_text() const;

 private:
  struct Key;
  SigningKey(std::unique_ptr<Key> key, VerifierKey verifier);
  std::unique_ptr<Key> key_;
  VerifierKey verifier_;
};

/// A text and who signed it; nothing of it is verified yet.
struct SignedNote {
  struct Signature {
    std::string name;
    std::string key_hash;  ///< hexadecimal
    std::string bytes;
  };
  std::string text;
  std::vector<Signature> signatures;

  [[nodiscard]] bool is_signed_by(const VerifierKey& key) const;
};

/// JRN-020 for anything that is not a note with at least one signature.
Result<SignedNote> parse_note(std::string_view note);

/// Notes one after the other, each followed by an empty line, as they are kept in a file; a file
/// that holds only one may lack it.
std::vector<std::string> split_notes(std::string_view text);

}  // namespace entsync
