#pragma once
/// The registers of persons in the ledger: restrictions, objections and deaths, each entry with its
/// state and who changed it last, when and why. What became of it before is in the journal.

#include <string>
#include <utility>
#include <vector>

#include "ledger.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class PersonRegisterTable {
 public:
  /// `database` must outlive the object.
  explicit PersonRegisterTable(sqlite::Database& database) : database_(database) {}

  Result<std::vector<RegisterEntry>> entries();
  Result<void> set(const RegisterEntry& entry);
  Result<void> learn(const std::vector<LearnedPerson>& learned);

 private:
  Result<void> read_confirmations(RegisterEntry& entry);
  Result<void> set_confirmations(const RegisterEntry& entry);

  sqlite::Database& database_;
};

}  // namespace entsync
