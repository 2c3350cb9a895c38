#pragma once
/// Secrets in files: read only from a regular file that nobody else may read, and wiped from memory
/// after use. Passwords, private keys and tokens all come through here; a credential that systemd
/// hands out (LoadCredential=) passes, although its mode looks open.

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/problem.hpp"

namespace entsync {

/// Text that is overwritten when it dies.
class Secret {
 public:
  explicit Secret(std::string text = {}) : text_(std::move(text)) {}
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

/// Whether anybody but `user` and root may read a file of this mode and access control list (the
/// bytes of the extended attribute system.posix_acl_access, empty when there is none, see acl(5)).
/// With a list, the mode's group bits are its mask and say nothing: systemd hands out credentials
/// that way (mode 0440, a list that names the service's user only).
bool others_may_read(mode_t mode, std::span<const std::byte> acl, uid_t user);

/// How the problems of a file are told: codes, the name of the file and the key that names it.
struct SecretWords {
  std::string unreadable;  ///< code: no regular file, too long, or not readable
  std::string exposed;     ///< code: others can read it
  std::string malformed;   ///< code: empty, or not text
  std::string name;        ///< "the password file"
  std::string key;         ///< "ldap.password_file"
};

/// All of a file of fewer than `limit` bytes.
Result<Secret> read_secret_file(const std::filesystem::path& file, std::size_t limit,
                                const SecretWords& words);

/// Its first line, of fewer than 4096 bytes; never an empty one.
Result<Secret> read_secret_line(const std::filesystem::path& file, const SecretWords& words);

}  // namespace entsync
