#include "identity_table.hpp"

#include <algorithm>
#include <string>

#include "core/text.hpp"
#include "numbered_name.hpp"

namespace entsync {
namespace {

/// Conflicts listed of one call: enough to see what they have in common.
constexpr std::size_t most_conflicts = 20;

Identity read_identity(const sqlite::Statement& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
          row.integer(3) != 0};
}

}  // namespace

Result<IdentityTable> IdentityTable::prepare(sqlite::Database& database,
                                             TombstoneTable& tombstones) {
  Statements statements;
  for (const auto& [statement, sql] :
       {std::pair{&statements.by_subject,
                  "SELECT subject, identifiant, login, released FROM identity WHERE subject = ?1"},
        std::pair{&statements.by_identifiant,
                  "SELECT subject FROM identity WHERE identifiant = ?1"},
        std::pair{&statements.by_login, "SELECT subject FROM login WHERE login_key = ?1"},
        std::pair{&statements.highest,
                  "SELECT max(number) FROM ("
                  "SELECT max(number) AS number FROM identity WHERE number IS NOT NULL "
                  "AND stem = ?1 AND length = ?2 AND number >= ?3 AND number < ?4 UNION ALL "
                  "SELECT max(number) FROM tombstone WHERE number IS NOT NULL "
                  "AND stem = ?1 AND length = ?2 AND number >= ?3 AND number < ?4)"},
        std::pair{&statements.insert, "INSERT INTO identity VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0)"},
        std::pair{&statements.add_login, "INSERT OR IGNORE INTO login VALUES(?1, ?2)"},
        std::pair{&statements.set_login, "UPDATE identity SET login = ?2 WHERE subject = ?1"},
        std::pair{&statements.release, "UPDATE identity SET released = 1 WHERE subject = ?1"},
        std::pair{&statements.logins_of, "SELECT login_key FROM login WHERE subject = ?1"},
        std::pair{&statements.remove_logins, "DELETE FROM login WHERE subject = ?1"},
        std::pair{&statements.remove, "DELETE FROM identity WHERE subject = ?1"}}) {
    auto prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return IdentityTable(database, tombstones, std::move(statements));
}

Result<std::optional<Identity>> IdentityTable::find(std::string_view subject) {
  const auto row = do_.by_subject.bind(subject).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Identity>();
  std::optional<Identity> identity = read_identity(do_.by_subject);
  do_.by_subject.reset();
  return identity;
}

Result<std::string> IdentityTable::owner(sqlite::Statement& select, std::string_view key) {
  const auto row = select.bind(key).step();
  if (!row) return row.error();
  std::string subject(*row ? select.text(0) : std::string_view());
  select.reset();
  return subject;
}

Result<bool> IdentityTable::login_taken(std::string_view login, std::string_view identifiant) {
  const auto subject = owner(do_.by_login, case_fold(login));
  if (!subject) return subject.error();
  if (!subject->empty()) return true;
  const auto gone = tombstones_->login_owner(login);
  if (!gone) return gone.error();
  return !gone->empty() && !equals_ignoring_case(*gone, identifiant);
}

/// With a prefix that itself ends in digits ("e6"), "e612" counts as 12: of the numbers with one
/// more, two… digits than the prefix has, those that begin with its digits are one range each.
Result<std::uint64_t> IdentityTable::highest_number(std::string_view prefix) {
  const std::string_view stem = stem_of(prefix);
  const auto head = split_numbered(prefix);
  if (!head && stem.size() != prefix.size()) return 0;  // longer than any number that is kept
  const std::size_t head_digits = head ? head->length : 0;
  std::uint64_t highest = 0;
  for (std::size_t length = head_digits + 1; length <= max_number_digits; ++length) {
    const std::uint64_t scale = power_of_ten(length - head_digits);
    const std::uint64_t from = (head ? head->number : 0) * scale;
    const auto row = do_.highest.bind(stem, std::uint64_t{length}, from, from + scale).step();
    if (!row) return row.error();
    if (*row && !do_.highest.is_null(0))
      highest = std::max(highest, static_cast<std::uint64_t>(do_.highest.integer(0)) - from);
    do_.highest.reset();
  }
  return highest;
}

Result<void> IdentityTable::remember(const std::vector<Identity>& identities) {
  return keep_all(identities, false);
}

Result<void> IdentityTable::release(const std::vector<Identity>& identities) {
  return keep_all(identities, true);
}

Result<void> IdentityTable::keep_all(const std::vector<Identity>& identities, bool released) {
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  Problems conflicts;
  for (const Identity& identity : identities) {
    const auto conflict = conflict_of(identity, Origin::given);
    if (!conflict) return conflict.error();
    if (!*conflict) {
      if (auto kept = keep(identity); !kept) return kept;
      if (!released) continue;
      if (auto done = do_.release.bind(std::string_view(identity.subject)).run(); !done)
        return done;
      continue;
    }
    conflicts.error(
        (**conflict).code, {database_->file(), 0, identity.subject},
        (**conflict).what + "; nothing of this batch was kept",
        "identifiers and logins are given once: look for a restored or foreign state file, or "
        "for two entries of one person");
    if (conflicts.list.size() >= most_conflicts) break;
  }
  if (!conflicts.empty()) return conflicts;
  return transaction->commit();
}

Result<void> IdentityTable::adopt(const std::vector<Identity>& identities, Problems& warnings) {
  if (identities.empty()) return {};
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  std::size_t odd = 0;
  for (const Identity& identity : identities) {
    const auto conflict = conflict_of(identity, Origin::found);
    if (!conflict) return conflict.error();
    auto kept = *conflict ? keep_rest(identity, **conflict) : keep(identity);
    if (!kept) return kept;
    if (!*conflict || ++odd > most_conflicts) continue;
    warnings.warning(
        "LDG-006", {database_->file(), 0, identity.subject},
        "this account is not remembered as its entry has it: " + (**conflict).what,
        "correct its entry or the other one: an identifier or a login is one person's");
  }
  if (odd > most_conflicts)
    warnings.warning("LDG-006", {database_->file(), 0, {}},
                     std::to_string(odd - most_conflicts) + " more accounts like these",
                     "if it is everybody of an académie, look whether its code was changed in the "
                     "configuration");
  return transaction->commit();
}

Result<std::optional<IdentityTable::Conflict>> IdentityTable::conflict_of(const Identity& identity,
                                                                          Origin origin) {
  using Found = std::optional<Conflict>;
  if (identity.subject.empty() || identity.identifiant.empty())
    return Found(Conflict{"LDG-001", "it has no key or no identifier"});
  const auto known = find(identity.subject);
  if (!known) return known.error();
  if (*known && !equals_ignoring_case((**known).identifiant, identity.identifiant))
    return Found(Conflict{"LDG-002", "it is known with another identifier"});
  if (!*known) {
    const auto other = owner(do_.by_identifiant, identity.identifiant);
    if (!other) return other.error();
    if (!other->empty()) return Found(Conflict{"LDG-003", "its identifier was given to " + *other});
  }
  const auto holder = owner(do_.by_login, case_fold(identity.login));
  if (!holder) return holder.error();
  if (holder->empty()) return conflict_with_gone(identity, *known ? Origin::given : origin);
  if (*holder == identity.subject) return Found();
  const auto same = is_account(*holder, identity.identifiant);
  if (!same) return same.error();
  if (!*same) return Found(Conflict{"LDG-004", "its login was given to " + *holder, true});
  return Found();
}

Result<std::optional<IdentityTable::Conflict>> IdentityTable::conflict_with_gone(
    const Identity& identity, Origin origin) {
  using Found = std::optional<Conflict>;
  if (origin == Origin::found) {
    const auto other = tombstones_->is_of_another(identity.identifiant, identity.subject);
    if (!other) return other.error();
    if (*other)
      return Found(Conflict{"LDG-003", "its identifier was given to somebody who is gone"});
  }
  const auto owner = tombstones_->login_owner(identity.login);
  if (!owner) return owner.error();
  if (!owner->empty() && !equals_ignoring_case(*owner, identity.identifiant))
    return Found(Conflict{"LDG-004", "its login was given to somebody who is gone", true});
  return Found();
}

Result<bool> IdentityTable::is_account(const std::string& subject, const std::string& identifiant) {
  const auto known = find(subject);
  if (!known) return known.error();
  return *known && equals_ignoring_case((**known).identifiant, identifiant);
}

Result<void> IdentityTable::join(const std::vector<Identity>& identities) {
  if (identities.empty()) return {};
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  for (const Identity& identity : identities) {
    const auto known = find(identity.subject);
    if (!known) return known.error();
    if (*known) continue;
    if (auto done = insert(identity); !done) return done;
  }
  return transaction->commit();
}

Result<void> IdentityTable::keep(const Identity& identity) {
  const auto known = find(identity.subject);
  if (!known) return known.error();
  if (!*known) {
    if (auto done = insert(identity); !done) return done;
    if (auto done = tombstones_->recall(identity); !done) return done;
  } else if (!identity.login.empty() && identity.login != (**known).login) {
    if (auto done =
            do_.set_login.bind(std::string_view(identity.subject), std::string_view(identity.login))
                .run();
        !done)
      return done;
  }
  return keep_login(identity);
}

Result<void> IdentityTable::keep_login(const Identity& identity) {
  if (identity.login.empty() || identity.subject.empty()) return {};
  const std::string key = case_fold(identity.login);
  return do_.add_login.bind(std::string_view(key), std::string_view(identity.subject)).run();
}

/// The identifier without the login of somebody else, or the login without the identifier.
Result<void> IdentityTable::keep_rest(const Identity& identity, const Conflict& conflict) {
  if (conflict.only_login) return keep({identity.subject, identity.identifiant, {}});
  return keep_login(identity);
}

Result<void> IdentityTable::insert(const Identity& identity) {
  const std::string_view subject = identity.subject;
  const std::string_view identifiant = identity.identifiant;
  const auto numbered = split_numbered(identifiant);
  const auto bind_number = [&](const auto&... first) -> sqlite::Statement& {
    if (!numbered) return do_.insert.bind(first..., nullptr, nullptr, nullptr);
    return do_.insert.bind(first..., numbered->stem, std::uint64_t{numbered->length},
                           numbered->number);
  };
  if (identity.login.empty()) return bind_number(subject, identifiant, nullptr).run();
  return bind_number(subject, identifiant, std::string_view(identity.login)).run();
}

Result<void> IdentityTable::forget(const std::vector<std::string>& subjects) {
  if (subjects.empty()) return {};
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  for (const std::string& subject : subjects)
    if (auto done = forget_one(subject); !done) return done;
  return transaction->commit();
}

Result<void> IdentityTable::forget_one(const std::string& subject) {
  const auto known = find(subject);
  if (!known) return known.error();
  if (!*known) return {};
  std::vector<std::string> logins;
  do_.logins_of.bind(std::string_view(subject));
  for (;;) {
    const auto row = do_.logins_of.step();
    if (!row) return row.error();
    if (!*row) break;
    logins.emplace_back(do_.logins_of.text(0));
  }
  if (auto done = tombstones_->set(**known, logins); !done) return done;
  if (auto done = do_.remove_logins.bind(std::string_view(subject)).run(); !done) return done;
  return do_.remove.bind(std::string_view(subject)).run();
}

Result<std::uint64_t> IdentityTable::count() {
  auto select = database_->prepare(
      "SELECT (SELECT count(*) FROM identity) + (SELECT count(*) FROM tombstone)");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(select->integer(0));
}

Result<void> IdentityTable::for_each_subject(const std::function<void(std::string_view)>& visit) {
  auto select = database_->prepare("SELECT subject FROM identity ORDER BY subject");
  if (!select) return select.error();
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    visit(select->text(0));
  }
}

}  // namespace entsync
