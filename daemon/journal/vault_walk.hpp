#pragma once
/// Follows what the vault holds beside the records: that it is what each record says, that nothing
/// is missing but what reached its term, and that there is nothing else. Needs no key.

#include <cstdint>

#include "core/audit_record.hpp"
#include "finding.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class VaultWalk {
 public:
  static Result<VaultWalk> prepare(sqlite::Database& database);

  /// The next record of the journal. The first fault is kept; the others follow from it.
  Result<void> take(const AuditRecord& record);
  /// The fault, after the last record.
  Result<Finding> finish();

 private:
  /// Whether a row of the vault waits to be compared.
  Result<bool> has_row();
  void fault(std::uint64_t seq, const char* what);

  sqlite::Statement rows_;
  bool stepped_ = false;
  bool has_row_ = false;
  std::uint64_t last_missing_ = 0;
  std::uint64_t removed_until_ = 0;
  Finding fault_;
};

}  // namespace entsync
