#include "demande_table.hpp"

namespace entsync {

Result<TakenDemandes> DemandeTable::taken() {
  auto select = database_.prepare("SELECT id, digest FROM demande ORDER BY id");
  if (!select) return select.error();
  TakenDemandes taken;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return taken;
    taken.emplace(select->text(0), select->text(1));
  }
}

Result<void> DemandeTable::take(const std::vector<TakenDemande>& demandes, const std::string& now) {
  if (demandes.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto insert = database_.prepare("INSERT OR IGNORE INTO demande VALUES(?1, ?2, ?3)");
  if (!insert) return insert.error();
  for (const TakenDemande& one : demandes)
    if (auto done = insert
                        ->bind(std::string_view(one.id), std::string_view(one.digest),
                               std::string_view(now))
                        .run();
        !done)
      return done;
  return transaction->commit();
}

}  // namespace entsync
