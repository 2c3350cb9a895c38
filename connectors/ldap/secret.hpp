#pragma once
/// The bind password: read from a file that nobody else may read, wiped from memory after use.

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/problem.hpp"

namespace entsync::ldap {

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

/// The first line of `file`. LDAP-005 when it cannot be read, LDAP-006 when others can read it,
/// LDAP-007 when the line is empty: an empty password would bind anonymously (RFC 4513 §5.1.2).
Result<Secret> read_secret(const std::filesystem::path& file);

}  // namespace entsync::ldap
