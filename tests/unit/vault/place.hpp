#pragma once
/// A folder with a vault, and records to put into it.

#include <filesystem>
#include <memory>
#include <string>

#include "core/audit_record.hpp"
#include "support/folder.hpp"
#include "vault/vault.hpp"

namespace entsync::test {

class VaultFolder {
 public:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  [[nodiscard]] VaultPlace place() const;
  /// With "niveau" in clear, "photo" as a digest and "token" never.
  [[nodiscard]] std::unique_ptr<Vault> open() const;

 private:
  Folder folder_;
};

/// A pupil's change of name and level.
AuditRecord pupil_change();

/// Every byte of every file below a folder.
std::string all_bytes(const std::filesystem::path& folder);

}  // namespace entsync::test
