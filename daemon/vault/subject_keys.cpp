#include "subject_keys.hpp"

#include <algorithm>
#include <span>

#include "secret/random_secret.hpp"

namespace entsync {
namespace {

constexpr const char* statements[] = {
    "CREATE TABLE subject_key(id BLOB PRIMARY KEY, pseudonym TEXT NOT NULL UNIQUE, "
    "wrapped BLOB NOT NULL, ring INTEGER NOT NULL, due TEXT NOT NULL DEFAULT '') "
    "STRICT, WITHOUT ROWID",
    "CREATE INDEX subject_key_due ON subject_key(due) WHERE due <> ''",
};
constexpr sqlite::Schema schema{"store of the vault's keys", 0x454E5456, 1, statements};  // "ENTV"

std::string_view text_of(const SubjectKeyId& id) {
  return {id.data(), id.size()};
}

}  // namespace

Result<SubjectKeys> SubjectKeys::open(const std::filesystem::path& file, sqlite::Access access,
                                      KeyRing ring) {
  auto database = sqlite::Database::open(file, access, schema);
  if (!database) return database.error();
  SubjectKeys keys(std::move(*database), std::move(ring));
  if (access == sqlite::Access::write)
    if (auto set = keys.database_.execute("PRAGMA secure_delete = ON"); !set) return set.error();
  for (const auto& [statement, sql] :
       {std::pair{&keys.by_pseudonym_,
                  "SELECT id, wrapped, ring FROM subject_key WHERE pseudonym = ?1"},
        std::pair{&keys.by_id_, "SELECT id, wrapped, ring FROM subject_key WHERE id = ?1"}}) {
    auto prepared = keys.database_.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return keys;
}

Result<std::optional<SubjectKey>> SubjectKeys::find(const std::vector<std::string>& pseudonyms) {
  for (const std::string& pseudonym : pseudonyms) {
    const auto row = by_pseudonym_.bind(std::string_view(pseudonym)).step();
    if (!row) return row.error();
    if (!*row) continue;
    auto key = unwrap(by_pseudonym_.blob(0), by_pseudonym_.blob(1), by_pseudonym_.integer(2));
    by_pseudonym_.reset();
    if (!key) return key.error();
    return std::optional(*key);
  }
  return std::optional<SubjectKey>();
}

Result<std::optional<SubjectKey>> SubjectKeys::find(const SubjectKeyId& id) {
  const auto row = by_id_.bind(sqlite::Blob{text_of(id)}).step();
  if (!row) return row.error();
  if (!*row) return std::optional<SubjectKey>();
  auto key = unwrap(by_id_.blob(0), by_id_.blob(1), by_id_.integer(2));
  by_id_.reset();
  if (!key) return key.error();
  return std::optional(*key);
}

Result<std::vector<SubjectKey>> SubjectKeys::make(const std::vector<std::string>& pseudonyms) {
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto insert = database_.prepare("INSERT INTO subject_key VALUES(?1, ?2, ?3, ?4, '')");
  if (!insert) return insert.error();
  std::vector<SubjectKey> keys;
  for (const std::string& pseudonym : pseudonyms) {
    SubjectKey key;
    fill_random({reinterpret_cast<unsigned char*>(key.id.data()), key.id.size()});
    fill_random(key.key);
    const std::string wrapped = wrap(key);
    insert->bind(sqlite::Blob{text_of(key.id)}, std::string_view(pseudonym), sqlite::Blob{wrapped},
                 static_cast<std::int64_t>(ring_.current().number));
    if (auto done = insert->run(); !done) return done.error();
    keys.push_back(key);
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return keys;
}

Result<void> SubjectKeys::set_due(const std::vector<std::string>& pseudonyms,
                                  std::string_view day) {
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto update = database_.prepare("UPDATE subject_key SET due = ?2 WHERE pseudonym = ?1");
  if (!update) return update.error();
  for (const std::string& pseudonym : pseudonyms) {
    update->bind(std::string_view(pseudonym), day);
    if (auto done = update->run(); !done) return done;
  }
  return transaction->commit();
}

Result<std::vector<std::string>> SubjectKeys::due(std::string_view day) {
  auto select = database_.prepare(
      "SELECT pseudonym FROM subject_key WHERE due <> '' AND due <= ?1 ORDER BY due, pseudonym");
  if (!select) return select.error();
  select->bind(day);
  std::vector<std::string> pseudonyms;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return pseudonyms;
    pseudonyms.emplace_back(select->text(0));
  }
}

Result<void> SubjectKeys::destroy(const std::vector<std::string>& pseudonyms) {
  if (pseudonyms.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto remove = database_.prepare("DELETE FROM subject_key WHERE pseudonym = ?1");
  if (!remove) return remove.error();
  for (const std::string& pseudonym : pseudonyms) {
    remove->bind(std::string_view(pseudonym));
    if (auto done = remove->run(); !done) return done;
  }
  if (auto done = transaction->commit(); !done) return done;
  // The write-ahead log still holds the pages as they were.
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<std::uint64_t> SubjectKeys::rewrap() {
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto select = database_.prepare("SELECT id, wrapped, ring FROM subject_key WHERE ring <> ?1");
  if (!select) return select.error();
  const auto number = static_cast<std::int64_t>(ring_.current().number);
  std::vector<SubjectKey> keys;
  select->bind(number);
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    auto key = unwrap(select->blob(0), select->blob(1), select->integer(2));
    if (!key) return key.error();
    keys.push_back(*key);
  }
  auto update = database_.prepare("UPDATE subject_key SET wrapped = ?2, ring = ?3 WHERE id = ?1");
  if (!update) return update.error();
  for (const SubjectKey& key : keys) {
    const std::string wrapped = wrap(key);
    update->bind(sqlite::Blob{text_of(key.id)}, sqlite::Blob{wrapped}, number);
    if (auto done = update->run(); !done) return done.error();
  }
  if (auto done = transaction->commit(); !done) return done.error();
  if (auto done = database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"); !done) return done.error();
  return static_cast<std::uint64_t>(keys.size());
}

Result<std::uint64_t> SubjectKeys::count() {
  return number("SELECT count(*) FROM subject_key");
}

Result<std::uint64_t> SubjectKeys::count_due() {
  return number("SELECT count(*) FROM subject_key WHERE due <> ''");
}

Result<std::string> SubjectKeys::first_due() {
  auto select = database_.prepare("SELECT coalesce(min(due), '') FROM subject_key WHERE due <> ''");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  return std::string(select->text(0));
}

Result<std::uint64_t> SubjectKeys::number(const char* sql) {
  auto statement = database_.prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(statement->integer(0));
}

Result<SubjectKey> SubjectKeys::unwrap(std::string_view id, std::string_view wrapped,
                                       std::int64_t number) {
  SubjectKey key;
  const RingKey* const with = ring_.find(static_cast<std::uint32_t>(number));
  const auto bytes = with == nullptr || id.size() != key.id.size()
                         ? std::nullopt
                         : decrypt(with->bytes, wrapped, id);
  if (!bytes || bytes->size() != key.key.size())
    return Problem{Severity::error,
                   "VLT-005",
                   {database_.file(), 0, "key " + std::to_string(number)},
                   with == nullptr ? "the key of the vault that wraps this key is not there"
                                   : "a key cannot be unwrapped with the key of the vault",
                   "put the file of the vault's keys back that belongs to this one"};
  std::ranges::copy(id, key.id.begin());
  std::ranges::copy(*bytes, key.key.begin());
  return key;
}

std::string SubjectKeys::wrap(const SubjectKey& key) const {
  return encrypt(ring_.current().bytes,
                 {reinterpret_cast<const char*>(key.key.data()), key.key.size()}, text_of(key.id));
}

}  // namespace entsync
