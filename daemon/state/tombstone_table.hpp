#pragma once
/// Tombstones: what the ledger remembers of accounts that are gone. The identifier, so that nobody
/// else ever gets it and the same person gets it again; of key, login, INE and birth date only
/// keyed digests, which answer a question and name nobody.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.hpp"
#include "digest/hmac.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class TombstoneTable {
 public:
  /// `database` must outlive the object; `key_file` is made by the first account that is forgotten.
  static Result<TombstoneTable> prepare(sqlite::Database& database, std::filesystem::path key_file);

  /// An identifier, by key, then by INE and birth date, which may be empty.
  Result<std::optional<std::string>> find(std::string_view subject, std::string_view ine,
                                          std::string_view birth);
  /// Identifier of whose login it was; empty: nobody's who is gone.
  Result<std::string> login_owner(std::string_view login);
  /// Whether an identifier was that of somebody who is gone, and not of this one.
  Result<bool> is_of_another(std::string_view identifiant, std::string_view subject);

  /// INE and birth date of pupils whose accounts a plan deletes, to be known later.
  Result<void> note_departing(const std::vector<Departing>& departing);

  // The rest inside a transaction of the caller.

  /// A tombstone in the place of an identity with these logins.
  Result<void> set(const Identity& identity, const std::vector<std::string>& logins);
  /// Somebody has the identifier again: the account is his, and his former logins stay his.
  Result<void> recall(const Identity& identity);

 private:
  struct Statements {
    sqlite::Statement any, by_subject, by_person, by_identifiant, by_login, departing, insert,
        insert_login, remove, remove_login, take_departing, remove_departing;
  };
  TombstoneTable(sqlite::Database& database, std::filesystem::path key_file, Statements statements)
      : database_(&database), key_file_(std::move(key_file)), do_(std::move(statements)) {}

  /// Whether there are any: without, nothing is computed and no key needed.
  Result<bool> any();
  Result<std::string> digest(const std::string& text);
  /// The first column of the row with this digest.
  Result<std::optional<std::string>> look(sqlite::Statement& select, const std::string& digest);

  sqlite::Database* database_;
  std::filesystem::path key_file_;
  Statements do_;
  std::optional<Hmac> key_;
  std::optional<bool> any_;
};

}  // namespace entsync
