#include "signed_note.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <optional>
#include <span>
#include <stdexcept>

#include "digest/sha256.hpp"

namespace entsync {
namespace {

/// Ed25519 in the registry of https://c2sp.org/signed-note.
constexpr char ed25519_type = '\1';
constexpr std::size_t key_hash_size = 4;
constexpr std::size_t signature_size = 64;
constexpr std::string_view dash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::string_view comment = "# ";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using PublicOrPrivate = std::unique_ptr<EVP_PKEY, FreeKey>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// OpenSSL fails here only without memory or with a broken installation.
void must(bool success) {
  if (!success) throw std::runtime_error("OpenSSL cannot use Ed25519");
}

const unsigned char* unsigned_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     unsigned_bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// Nothing for anything that base64() does not write.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.empty() || text.size() > 4096) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     unsigned_bytes(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  if (base64(bytes) != text) return std::nullopt;
  return bytes;
}

std::string hexadecimal_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c != '+' && static_cast<unsigned char>(c) < 0x7F;
  });
}

std::string typed(std::span<const std::uint8_t> raw) {
  std::string bytes(1, ed25519_type);
  bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
  return bytes;
}

std::string hash_of(const std::string& name, std::span<const std::uint8_t> raw) {
  Sha256 sha;
  sha.update(name);
  sha.update("\n");
  sha.update(typed(raw));
  const Sha256Value value = sha.finish();
  return {reinterpret_cast<const char*>(value.data()), key_hash_size};
}

Problem no_note(std::string what) {
  return {Severity::error,
          "JRN-020",
          {},
          "this is no signed checkpoint: " + what,
          "name a file that holds checkpoints as entsync writes them"};
}

Problem no_key(std::string what) {
  return {Severity::error,
          "JRN-022",
          {},
          "this is no signing key of a journal: " + what,
          "name the key file that entsync made, or let it make one"};
}

}  // namespace

// ---- VerifierKey

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  const auto bad = [&](std::string what) {
    return Problem{Severity::error,
                   "JRN-021",
                   {},
                   "this is no verifier key (name+hash+key): " + std::move(what),
                   "copy the whole line that `entsync audit key` prints"};
  };
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? first : text.find('+', first + 1);
  if (second == text.npos) return bad("it has not three parts");
  const std::string name(text.substr(0, first));
  const auto bytes = from_base64(text.substr(second + 1));
  if (!is_name(name)) return bad("its name is empty or has odd characters");
  if (!bytes || bytes->size() != sizeof(Raw) + 1 || bytes->front() != ed25519_type)
    return bad("its last part is no Ed25519 key");
  Raw raw{};
  std::ranges::transform(bytes->substr(1), raw.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  VerifierKey key(name, raw);
  if (key.hash() != text.substr(first + 1, second - first - 1))
    return bad("its parts do not fit each other");
  return key;
}

std::string VerifierKey::hash() const {
  return hexadecimal_text(hash_of(name_, raw_));
}

std::string VerifierKey::text() const {
  return name_ + "+" + hash() + "+" + base64(typed(raw_));
}

bool VerifierKey::verifies(std::string_view text, std::string_view signature) const {
  if (signature.size() != signature_size) return false;
  const PublicOrPrivate key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw_.data(), raw_.size()));
  const DigestContext context(EVP_MD_CTX_new());
  must(key && context &&
       EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  return EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(),
                          unsigned_bytes(text), text.size()) == 1;
}

// ---- SigningKey

struct SigningKey::Key {
  PublicOrPrivate evp;

  [[nodiscard]] VerifierKey::Raw raw_public() const {
    VerifierKey::Raw raw{};
    std::size_t size = raw.size();
    must(EVP_PKEY_get_raw_public_key(evp.get(), raw.data(), &size) == 1 && size == raw.size());
    return raw;
  }
};

SigningKey::SigningKey(std::unique_ptr<Key> key, VerifierKey verifier)
    : key_(std::move(key)), verifier_(std::move(verifier)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate(std::string name) {
  if (!is_name(name)) throw std::logic_error("a key was given an impossible name");
  auto key = std::make_unique<Key>();
  key->evp.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  must(key->evp != nullptr);
  VerifierKey verifier(std::move(name), key->raw_public());
  return {std::move(key), std::move(verifier)};
}

Result<SigningKey> SigningKey::parse(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (!text.starts_with(comment) || end == text.npos)
    return no_key("its first line does not name its verifier key");
  auto verifier = VerifierKey::parse(text.substr(comment.size(), end - comment.size()));
  if (!verifier) return verifier.error();
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  must(bio != nullptr);
  auto key = std::make_unique<Key>();
  const auto no_password = [](char*, int, int, void*) { return -1; };
  key->evp.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key->evp || EVP_PKEY_get_id(key->evp.get()) != EVP_PKEY_ED25519)
    return no_key("it holds no Ed25519 key in PEM");
  if (VerifierKey(verifier->name(), key->raw_public()) != *verifier)
    return no_key("its first line names another key");
  return SigningKey(std::move(key), std::move(*verifier));
}

std::string SigningKey::signature_line(std::string_view text) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(signature_size, '\0');
  std::size_t size = signature.size();
  must(context &&
       EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->evp.get()) == 1 &&
       EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                      unsigned_bytes(text), text.size()) == 1);
  return std::string(dash) + verifier_.name() + " " +
         base64(hash_of(verifier_.name(), key_->raw_public()) + signature) + "\n";
}

std::string SigningKey::file_text() const {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_secmem()));
  must(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_->evp.get(), nullptr, nullptr, 0,
                                            nullptr, nullptr) == 1);
  const char* pem = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &pem);
  return std::string(comment) + verifier_.text() + "\n" +
         std::string(pem, static_cast<std::size_t>(size));
}

// ---- notes

bool SignedNote::is_signed_by(const VerifierKey& key) const {
  return std::ranges::any_of(signatures, [&](const Signature& signature) {
    return signature.name == key.name() && signature.key_hash == key.hash() &&
           key.verifies(text, signature.bytes);
  });
}

Result<SignedNote> parse_note(std::string_view note) {
  const std::size_t gap = note.rfind("\n\n");
  if (gap == note.npos || gap == 0) return no_note("no empty line stands before the signatures");
  SignedNote parsed;
  parsed.text = note.substr(0, gap + 1);
  std::string_view rest = note.substr(gap + 2);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) return no_note("its last line is cut");
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!line.starts_with(dash)) return no_note("a line among the signatures is none");
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    const auto bytes = space == line.npos ? std::nullopt : from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= key_hash_size || !is_name(line.substr(0, space)))
      return no_note("a signature is malformed");
    parsed.signatures.push_back({std::string(line.substr(0, space)),
                                 hexadecimal_text(bytes->substr(0, key_hash_size)),
                                 bytes->substr(key_hash_size)});
  }
  if (parsed.signatures.empty()) return no_note("nobody signed it");
  return parsed;
}

std::vector<std::string> split_notes(std::string_view text) {
  std::vector<std::string> notes;
  std::string note;
  bool in_signatures = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    const bool is_signature = line.starts_with(dash);
    if (in_signatures && !is_signature) {
      notes.push_back(std::move(note));
      note.clear();
    }
    in_signatures = is_signature;
    if (!note.empty() || line != "\n") note += line;
  }
  if (!note.empty()) notes.push_back(std::move(note));
  return notes;
}

}  // namespace entsync
