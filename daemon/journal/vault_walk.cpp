#include "vault_walk.hpp"

#include "digest/sha256.hpp"

namespace entsync {
namespace {

bool is_digest_of(std::string_view digest, std::string_view bytes) {
  Sha256 sha256;
  sha256.update(bytes);
  const Sha256Value value = sha256.finish();
  return digest == std::string_view(reinterpret_cast<const char*>(value.data()), value.size());
}

}  // namespace

Result<VaultWalk> VaultWalk::prepare(sqlite::Database& database) {
  auto rows = database.prepare("SELECT seq, bytes FROM vaulted ORDER BY seq");
  if (!rows) return rows.error();
  VaultWalk walk;
  walk.rows_ = std::move(*rows);
  return walk;
}

Result<bool> VaultWalk::has_row() {
  if (stepped_) return has_row_;
  const auto row = rows_.step();
  if (!row) return row.error();
  stepped_ = true;
  has_row_ = *row;
  return has_row_;
}

void VaultWalk::fault(std::uint64_t seq, const char* what) {
  if (!fault_) fault_ = Fault{FaultKind::vault, seq, what + numbered(seq)};
}

Result<void> VaultWalk::take(const AuditRecord& record) {
  if (record.type == AuditType::values_removed) removed_until_ = record.vaulted_until;
  const auto row = has_row();
  if (!row) return row.error();
  const std::uint64_t seq = *row ? static_cast<std::uint64_t>(rows_.integer(0)) : 0;
  const bool is_there = *row && seq == record.seq;
  if (*row && seq < record.seq)
    fault(seq, "the vault holds something for a record that is not there: ");
  if (record.vaulted.empty()) {
    if (is_there) fault(record.seq, "the vault holds something that was not put there: ");
  } else if (!is_there) {
    last_missing_ = record.seq;
  } else if (!is_digest_of(record.vaulted, rows_.blob(1))) {
    fault(record.seq, "what the vault holds was altered: ");
  }
  if (*row && seq <= record.seq) stepped_ = false;
  return {};
}

Result<Finding> VaultWalk::finish() {
  const auto row = has_row();
  if (!row) return row.error();
  if (*row)
    fault(static_cast<std::uint64_t>(rows_.integer(0)),
          "the vault holds something for a record that is not there: ");
  if (last_missing_ > removed_until_)
    fault(last_missing_, "the vault lacks what was put there, before its term: ");
  return std::move(fault_);
}

}  // namespace entsync
