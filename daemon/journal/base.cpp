#include "base.hpp"

namespace entsync {

Result<JournalBase> read_base(sqlite::Database& database) {
  auto select = database.prepare("SELECT seq, hash, frontier FROM base ORDER BY seq DESC LIMIT 1");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return JournalBase{};
  const auto seq = static_cast<std::uint64_t>(select->integer(0));
  const auto hash = chain_hash_from(select->blob(1));
  auto frontier = TreeFrontier::from(seq, select->blob(2));
  if (hash && frontier) return JournalBase{seq, *hash, std::move(*frontier)};
  return Problem{
      Severity::error,
      "JRN-013",
      {database.file(), 0, "base"},
      "what is kept of the records that were removed is damaged: the rest cannot be verified",
      "find out who changed the file; restore a backup"};
}

}  // namespace entsync
