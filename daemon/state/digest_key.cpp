#include "digest_key.hpp"

#include <system_error>

#include "secret/random_secret.hpp"
#include "secret/secret.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_digits = 2 * key_bytes;

Result<void> make_key(const fs::path& file, const DigestKeyWords& words) {
  return make_secret_file(
      file, random_hex(key_bytes) + "\n",
      {"LDG-011", words.name, "make room or give the rights; nothing is kept under it until then"});
}

}  // namespace

Result<Hmac> open_digest_key(const fs::path& file, const DigestKeyWords& words, bool has_digests) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    if (has_digests)
      return Problem{Severity::error,
                     "LDG-009",
                     {file.string(), 0, {}},
                     words.name + " is missing: " + words.loss,
                     "put it back from the backup of the state directory"};
    if (auto made = make_key(file, words); !made) return made.error();
  }
  auto secret = read_secret_line(file, {"LDG-010", "LDG-010", "LDG-010", words.name, ""});
  if (!secret) return secret.error();
  if (secret->text().size() != key_digits)
    return Problem{Severity::error,
                   "LDG-010",
                   {file.string(), 0, {}},
                   words.name + " has not 64 digits",
                   "put it back from the backup of the state directory"};
  return Hmac(secret->text());
}

}  // namespace entsync
