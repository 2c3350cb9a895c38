#include "random_secret.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace entsync {
namespace {

namespace fs = std::filesystem;

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

/// Two processes at one moment have a file each.
fs::path aside_of(const fs::path& file) {
  return file.string() + ".new" + std::to_string(::getpid());
}

Problem cannot_make(const fs::path& file, const MakingWords& words, int error) {
  return {
      Severity::error,
      words.code,
      {file.string(), 0, {}},
      words.name + " cannot be made: " + std::error_code(error, std::generic_category()).message(),
      words.remedy};
}

bool write_aside(const fs::path& aside, std::string_view text) {
  const int handle = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                            S_IRUSR | S_IWUSR);
  if (handle < 0) return false;
  const bool written = write_whole(handle, text) && ::fsync(handle) == 0;
  const int error = errno;
  ::close(handle);
  errno = error;
  return written;
}

}  // namespace

void fill_random(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::getrandom(bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::runtime_error("the kernel gives no random bytes");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::vector<unsigned char> random(bytes);
  fill_random(random);
  std::string text;
  for (const unsigned byte : random) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

Result<void> make_secret_file(const fs::path& file, std::string_view text,
                              const MakingWords& words) {
  const fs::path aside = aside_of(file);
  const bool written = write_aside(aside, text);
  const bool made = written && (::link(aside.c_str(), file.c_str()) == 0 || errno == EEXIST) &&
                    sync_folder(file.parent_path());
  const int error = errno;
  ::unlink(aside.c_str());
  if (made) return {};
  return cannot_make(file, words, error);
}

Result<void> replace_secret_file(const fs::path& file, std::string_view text,
                                 const MakingWords& words) {
  const fs::path aside = aside_of(file);
  if (write_aside(aside, text) && ::rename(aside.c_str(), file.c_str()) == 0 &&
      sync_folder(file.parent_path()))
    return {};
  const int error = errno;
  ::unlink(aside.c_str());
  return cannot_make(file, words, error);
}

}  // namespace entsync
