#pragma once
/// The requests that runs followed, in the ledger: by id and digest, so that none is followed again
/// with another content; those of links whole, so that they hold although a file lost them. A year
/// after the end of somebody's last link they are forgotten.

#include <string>
#include <vector>

#include "core/agents.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class DemandeTable {
 public:
  /// `database` must outlive the object.
  explicit DemandeTable(sqlite::Database& database) : database_(database) {}

  Result<TakenDemandes> taken();
  /// In the order in which they were taken.
  Result<std::vector<Demande>> of_links();
  Result<void> take(const std::vector<TakenDemande>& demandes, const std::string& now);

 private:
  Result<void> remember(const Demande& demande);
  Result<void> forget_old(const std::string& now);

  sqlite::Database& database_;
};

}  // namespace entsync
