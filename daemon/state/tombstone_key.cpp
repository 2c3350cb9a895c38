#include "tombstone_key.hpp"

#include <string>
#include <system_error>

#include "secret/random_secret.hpp"
#include "secret/secret.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_digits = 2 * key_bytes;

Result<void> make_key(const fs::path& file) {
  return make_secret_file(file, random_hex(key_bytes) + "\n",
                          {"LDG-011", "the key of the tombstones",
                           "make room or give the rights; nobody is forgotten until then"});
}

}  // namespace

Result<Hmac> open_tombstone_key(const fs::path& file, bool has_tombstones) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    if (has_tombstones)
      return Problem{
          Severity::error,
          "LDG-009",
          {file.string(), 0, {}},
          "the key of the tombstones is missing: nobody who is gone would be known again",
          "put it back from the backup of the state directory"};
    if (auto made = make_key(file); !made) return made.error();
  }
  auto secret =
      read_secret_line(file, {"LDG-010", "LDG-010", "LDG-010", "the key of the tombstones", ""});
  if (!secret) return secret.error();
  if (secret->text().size() != key_digits)
    return Problem{Severity::error,
                   "LDG-010",
                   {file.string(), 0, {}},
                   "the key of the tombstones has not 64 digits",
                   "put it back from the backup of the state directory"};
  return Hmac(secret->text());
}

}  // namespace entsync
