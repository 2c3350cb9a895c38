#include "secret/secret.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace entsync {
namespace {

constexpr std::size_t longest_line = 4096;

/// linux/posix_acl_xattr.h: a 32-bit version, then entries of tag, permissions (16 bits) and id (32
/// bits), little endian.
constexpr std::uint32_t acl_version = 2;
constexpr unsigned acl_user_obj = 0x01;
constexpr unsigned acl_user = 0x02;
constexpr unsigned acl_mask = 0x10;
constexpr unsigned acl_read = 0x04;

std::uint32_t little_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

struct Closer {
  int fd;
  ~Closer() {
    if (fd >= 0) ::close(fd);
  }
};

Problem about(const std::string& code, const std::filesystem::path& file, std::string what,
              std::string remedy) {
  return {Severity::error, code, {file.string(), 0, {}}, std::move(what), std::move(remedy)};
}

Problem unreadable(const std::filesystem::path& file, const SecretWords& words,
                   const std::string& why) {
  return about(words.unreadable, file, words.name + " " + why,
               "check " + words.key + ", and that the service account may read it");
}

std::span<const std::byte> access_list(int fd, std::span<std::byte> room) {
  const ssize_t size = fgetxattr(fd, "system.posix_acl_access", room.data(), room.size());
  return room.first(size > 0 ? static_cast<std::size_t>(size) : 0);
}

}  // namespace

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

void Secret::wipe() noexcept {
  explicit_bzero(text_.data(), text_.capacity());
  text_.clear();
}

bool others_may_read(mode_t mode, std::span<const std::byte> acl, uid_t user) {
  if ((mode & S_IROTH) != 0) return true;
  if (acl.empty()) return (mode & S_IRGRP) != 0;
  if (acl.size() % 8 != 4 || little_endian(acl.first(4)) != acl_version) return true;
  for (std::span<const std::byte> rest = acl.subspan(4); !rest.empty(); rest = rest.subspan(8)) {
    const unsigned tag = little_endian(rest.first(2));
    const unsigned permissions = little_endian(rest.subspan(2, 2));
    if (tag == acl_user_obj || tag == acl_mask || (permissions & acl_read) == 0) continue;
    if (tag == acl_user) {
      const uid_t named = little_endian(rest.subspan(4, 4));
      if (named == user || named == 0) continue;
    }
    return true;
  }
  return false;
}

Result<Secret> read_secret_file(const std::filesystem::path& file, std::size_t limit,
                                const SecretWords& words) {
  const Closer closer{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  const auto failed = [&] {
    return unreadable(file, words, "cannot be read: " + std::generic_category().message(errno));
  };
  struct stat status {};
  if (closer.fd < 0 || fstat(closer.fd, &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return unreadable(file, words, "is not a regular file");
  std::array<std::byte, 1024> room{};
  if (others_may_read(status.st_mode, access_list(closer.fd, room), geteuid()))
    return about(words.exposed, file, words.name + " can be read by its group or by everybody",
                 "chmod 600 it, owned by the service account; change the secret if it was seen");
  std::string text(limit, '\0');
  std::size_t used = 0;
  while (used < limit) {
    const ssize_t size = ::read(closer.fd, text.data() + used, limit - used);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed();
    if (size == 0) break;
    used += static_cast<std::size_t>(size);
  }
  Secret whole(std::move(text));
  if (used == limit)
    return unreadable(file, words, "has " + std::to_string(limit) + " bytes or more");
  return Secret(whole.text().substr(0, used));
}

Result<Secret> read_secret_line(const std::filesystem::path& file, const SecretWords& words) {
  auto whole = read_secret_file(file, longest_line, words);
  if (!whole) return whole.error();
  const std::string& text = whole->text();
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  if (end == 0 || text.find('\0') < end)
    return about(words.malformed, file, "the first line of " + words.name + " is empty or not text",
                 "write the secret into the first line");
  return Secret(text.substr(0, end));
}

}  // namespace entsync
