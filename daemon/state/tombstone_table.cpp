#include "tombstone_table.hpp"

#include "core/text.hpp"
#include "digest_key.hpp"
#include "numbered_name.hpp"

namespace entsync {
namespace {

std::string subject_text(std::string_view subject) {
  return "key\n" + std::string(subject);
}

std::string login_text(std::string_view login) {
  return "login\n" + case_fold(login);
}

/// Empty when one of the two is: alone, neither tells who somebody is.
std::string person_text(std::string_view ine, std::string_view birth) {
  if (trim(ine).empty() || trim(birth).empty()) return {};
  return "ine\n" + ascii_lower(trim(ine)) + "\n" + std::string(trim(birth));
}

}  // namespace

Result<TombstoneTable> TombstoneTable::prepare(sqlite::Database& database,
                                               std::filesystem::path key_file) {
  Statements statements;
  for (const auto& [statement, sql] :
       {std::pair{&statements.any, "SELECT 1 FROM tombstone LIMIT 1"},
        std::pair{&statements.by_subject, "SELECT identifiant FROM tombstone WHERE subject = ?1"},
        std::pair{&statements.by_person, "SELECT identifiant FROM tombstone WHERE person = ?1"},
        std::pair{&statements.by_identifiant,
                  "SELECT max(subject = ?2) FROM tombstone WHERE identifiant = ?1"},
        std::pair{&statements.by_login, "SELECT identifiant FROM tombstone_login WHERE login = ?1"},
        std::pair{&statements.departing, "INSERT OR REPLACE INTO departing VALUES(?1, ?2)"},
        std::pair{&statements.insert,
                  "INSERT OR REPLACE INTO tombstone VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
        std::pair{&statements.insert_login,
                  "INSERT OR REPLACE INTO tombstone_login VALUES(?1, ?2)"},
        std::pair{&statements.remove, "DELETE FROM tombstone WHERE identifiant = ?1"},
        std::pair{&statements.remove_login, "DELETE FROM tombstone_login WHERE login = ?1"},
        std::pair{&statements.take_departing, "SELECT person FROM departing WHERE subject = ?1"},
        std::pair{&statements.remove_departing, "DELETE FROM departing WHERE subject = ?1"}}) {
    auto prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return TombstoneTable(database, std::move(key_file), std::move(statements));
}

Result<bool> TombstoneTable::any() {
  if (!any_) {
    const auto row = do_.any.bind().step();
    if (!row) return row.error();
    do_.any.reset();
    any_ = *row;
  }
  return *any_;
}

Result<std::string> TombstoneTable::digest(const std::string& text) {
  if (!key_) {
    const auto has_tombstones = any();
    if (!has_tombstones) return has_tombstones.error();
    auto key = open_digest_key(
        key_file_, {"the key of the tombstones", "nobody who is gone would be known again"},
        *has_tombstones);
    if (!key) return key.error();
    key_.emplace(std::move(*key));
  }
  return key_->of(text);
}

Result<std::optional<std::string>> TombstoneTable::look(sqlite::Statement& select,
                                                        const std::string& digest) {
  const auto row = select.bind(std::string_view(digest)).step();
  if (!row) return row.error();
  std::optional<std::string> found;
  if (*row) found = std::string(select.text(0));
  select.reset();
  return found;
}

Result<std::optional<std::string>> TombstoneTable::find(std::string_view subject,
                                                        std::string_view ine,
                                                        std::string_view birth) {
  const auto some = any();
  if (!some) return some.error();
  if (!*some) return std::optional<std::string>();
  const auto key = digest(subject_text(subject));
  if (!key) return key.error();
  auto found = look(do_.by_subject, *key);
  const std::string person = person_text(ine, birth);
  if (!found || *found || person.empty()) return found;
  const auto same = digest(person);
  if (!same) return same.error();
  return look(do_.by_person, *same);
}

Result<std::string> TombstoneTable::login_owner(std::string_view login) {
  const auto some = any();
  if (!some) return some.error();
  if (!*some || login.empty()) return std::string();
  const auto key = digest(login_text(login));
  if (!key) return key.error();
  auto owner = look(do_.by_login, *key);
  if (!owner) return owner.error();
  return std::move(*owner).value_or(std::string());
}

Result<bool> TombstoneTable::is_of_another(std::string_view identifiant, std::string_view subject) {
  const auto some = any();
  if (!some) return some.error();
  if (!*some) return false;
  const auto own = digest(subject_text(subject));
  if (!own) return own.error();
  const auto row = do_.by_identifiant.bind(identifiant, std::string_view(*own)).step();
  if (!row) return row.error();
  const bool is_other = !do_.by_identifiant.is_null(0) && do_.by_identifiant.integer(0) == 0;
  do_.by_identifiant.reset();
  return is_other;
}

Result<void> TombstoneTable::note_departing(const std::vector<Departing>& departing) {
  if (departing.empty()) return {};
  auto transaction = database_->begin_write();
  if (!transaction) return transaction.error();
  for (const Departing& one : departing) {
    const std::string text = person_text(one.ine, one.birth);
    if (text.empty()) continue;
    const auto person = digest(text);
    if (!person) return person.error();
    const auto done =
        do_.departing.bind(std::string_view(one.subject), std::string_view(*person)).run();
    if (!done) return done;
  }
  return transaction->commit();
}

Result<void> TombstoneTable::set(const Identity& identity, const std::vector<std::string>& logins) {
  const auto subject = digest(subject_text(identity.subject));
  if (!subject) return subject.error();
  const auto row = do_.take_departing.bind(std::string_view(identity.subject)).step();
  if (!row) return row.error();
  const std::string person(*row ? do_.take_departing.text(0) : std::string_view());
  do_.take_departing.reset();
  const auto numbered = split_numbered(identity.identifiant);
  sqlite::Statement& insert = do_.insert;
  if (numbered)
    insert.bind(std::string_view(*subject), std::string_view(identity.identifiant), numbered->stem,
                std::uint64_t{numbered->length}, numbered->number, nullptr);
  else
    insert.bind(std::string_view(*subject), std::string_view(identity.identifiant), nullptr,
                nullptr, nullptr, nullptr);
  constexpr int person_parameter = 6;
  if (!person.empty()) insert.bind_at(person_parameter, std::string_view(person));
  if (auto done = insert.run(); !done) return done;
  any_ = true;
  for (const std::string& login : logins) {
    const auto key = digest(login_text(login));
    if (!key) return key.error();
    if (auto done =
            do_.insert_login.bind(std::string_view(*key), std::string_view(identity.identifiant))
                .run();
        !done)
      return done;
  }
  return do_.remove_departing.bind(std::string_view(identity.subject)).run();
}

Result<void> TombstoneTable::recall(const Identity& identity) {
  const auto some = any();
  if (!some) return some.error();
  if (!*some) return {};
  if (auto done = do_.remove.bind(std::string_view(identity.identifiant)).run(); !done) return done;
  if (identity.login.empty()) return {};
  const auto login = digest(login_text(identity.login));
  if (!login) return login.error();
  return do_.remove_login.bind(std::string_view(*login)).run();
}

}  // namespace entsync
