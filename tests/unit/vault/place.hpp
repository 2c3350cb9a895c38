#pragma once
/// A folder with a vault, and records to put into it.

#include <filesystem>
#include <memory>
#include <string>

#include "core/audit_record.hpp"
#include "vault/vault.hpp"

namespace entsync::test {

class VaultFolder {
 public:
  VaultFolder();
  ~VaultFolder();
  VaultFolder(const VaultFolder&) = delete;
  VaultFolder& operator=(const VaultFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] VaultPlace place() const;
  /// With "niveau" in clear, "photo" as a digest and "token" never.
  [[nodiscard]] std::unique_ptr<Vault> open() const;

 private:
  std::filesystem::path path_;
};

/// A pupil's change of name and level.
AuditRecord pupil_change();

/// Every byte of every file below a folder.
std::string all_bytes(const std::filesystem::path& folder);

}  // namespace entsync::test
