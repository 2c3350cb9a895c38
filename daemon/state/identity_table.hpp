#pragma once
/// The identity table: who has which identifier and login. Of who is gone tombstones are left.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger.hpp"
#include "sqlite/database.hpp"
#include "tombstone_table.hpp"

namespace entsync {

class IdentityTable {
 public:
  /// Both must outlive the object.
  static Result<IdentityTable> prepare(sqlite::Database& database, TombstoneTable& tombstones);

  Result<std::optional<Identity>> find(std::string_view subject);
  Result<bool> login_taken(std::string_view login, std::string_view identifiant);
  Result<std::uint64_t> highest_number(std::string_view prefix);
  Result<void> remember(const std::vector<Identity>& identities);
  Result<void> release(const std::vector<Identity>& identities);
  Result<void> adopt(const std::vector<Identity>& identities, Problems& warnings);
  Result<void> join(const std::vector<Identity>& identities);
  Result<void> forget(const std::vector<std::string>& subjects);
  Result<std::uint64_t> count();
  Result<void> for_each_subject(const std::function<void(std::string_view)>& visit);

 private:
  struct Statements {
    sqlite::Statement by_subject, by_identifiant, by_login, highest, insert, add_login, set_login,
        release, logins_of, remove_logins, remove;
  };
  IdentityTable(sqlite::Database& database, TombstoneTable& tombstones, Statements statements)
      : database_(&database), tombstones_(&tombstones), do_(std::move(statements)) {}

  /// Why an identity cannot be kept as it is.
  struct Conflict {
    const char* code;
    std::string what;
    bool only_login = false;
  };
  /// An account that was there before us does not take the identifier of somebody who is gone; one
  /// that a plan makes is his.
  enum class Origin : std::uint8_t { given, found };
  Result<std::optional<Conflict>> conflict_of(const Identity& identity, Origin origin);
  Result<std::optional<Conflict>> conflict_with_gone(const Identity& identity, Origin origin);
  Result<void> keep_all(const std::vector<Identity>& identities, bool released);
  /// Whether a subject is known with this identifier: the same account under another key.
  Result<bool> is_account(const std::string& subject, const std::string& identifiant);
  /// Keeps an identity that is in conflict with nobody.
  Result<void> keep(const Identity& identity);
  Result<void> keep_login(const Identity& identity);
  /// What can be kept of one that is in conflict with somebody.
  Result<void> keep_rest(const Identity& identity, const Conflict& conflict);
  Result<void> insert(const Identity& identity);
  /// Whose identifier or login it is; empty when it is free.
  Result<std::string> owner(sqlite::Statement& select, std::string_view key);

  /// A tombstone in the place of one identity.
  Result<void> forget_one(const std::string& subject);

  sqlite::Database* database_;
  TombstoneTable* tombstones_;
  Statements do_;
};

}  // namespace entsync
