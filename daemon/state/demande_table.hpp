#pragma once
/// The requests that runs followed, by id and digest, in the ledger: none is followed again with
/// another content.

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
  Result<void> take(const std::vector<TakenDemande>& demandes, const std::string& now);

 private:
  sqlite::Database& database_;
};

}  // namespace entsync
