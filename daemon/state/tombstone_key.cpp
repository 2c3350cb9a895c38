#include "tombstone_key.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "secret/secret.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_digits = 2 * key_bytes;

Problem cannot_make(const fs::path& file, int error) {
  return {Severity::error,
          "LDG-011",
          {file.string(), 0, {}},
          "the key of the tombstones cannot be made: " +
              std::error_code(error, std::generic_category()).message(),
          "make room or give the rights; nobody is forgotten until then"};
}

std::string to_hex(const std::array<unsigned char, key_bytes>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

bool write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool sync_folder(const fs::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return false;
  const bool done = ::fsync(handle) == 0;
  ::close(handle);
  return done;
}

/// Beside its place first: a crash never leaves half a key.
Result<void> make_key(const fs::path& file) {
  std::array<unsigned char, key_bytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return cannot_make(file, errno);
  const fs::path aside = file.string() + ".new";
  const int handle = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                            S_IRUSR | S_IWUSR);
  if (handle < 0) return cannot_make(file, errno);
  const bool written = write_whole(handle, to_hex(bytes) + "\n") && ::fsync(handle) == 0;
  const int error = errno;
  ::close(handle);
  if (!written) return cannot_make(file, error);
  if (::rename(aside.c_str(), file.c_str()) != 0 || !sync_folder(file.parent_path()))
    return cannot_make(file, errno);
  return {};
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
