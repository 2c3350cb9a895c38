#include "database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <new>
#include <stdexcept>

#include "failure.hpp"
#include "file_guard.hpp"

namespace entsync::sqlite {
namespace {

constexpr int patience_ms = 5000;
/// Longer values are refused when read: no row of ours comes near (audit records end at 16 MiB).
constexpr int max_value_bytes = 64 << 20;
/// Checkpoint after 16 MiB of log rather than 4: a third fewer syncs while a long run appends.
constexpr const char* checkpoint_pages = "PRAGMA wal_autocheckpoint=4000";

/// Path as a `file:` URI without a host.
std::string as_uri(const std::string& path) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += digits[byte >> 4U];
      uri += digits[byte & 15U];
    }
  }
  return uri;
}

bool has_write_ahead_log(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file.string() + "-wal", error);
  return !error && size > 0;
}

Problem foreign(const std::string& file, const Schema& schema) {
  return {Severity::error,
          "SQL-002",
          {file, 0, {}},
          std::string("this database was not made by entsync as its ") + schema.name +
              "; it is left untouched",
          "check the state directory; move the file away if it does not belong there"};
}

Problem other_version(const std::string& file, const Schema& schema, std::int64_t version) {
  const bool is_later = version > schema.version;
  const bool has_way = !schema.upgrades.empty() && version >= schema.upgrades.front().from;
  return {Severity::error,
          "SQL-003",
          {file, 0, {}},
          "the " + std::string(schema.name) + " has format " + std::to_string(version) +
              ", this program knows format " + std::to_string(schema.version),
          is_later  ? "use the version of entsync that wrote it, or a later one"
          : has_way ? "the next run brings it to this format"
                    : "it was made by a version that was never released"};
}

using Objects = std::map<std::string, std::string>;

Result<Objects> read_objects(Database& database) {
  auto select = database.prepare(
      "SELECT type || ' ' || name, sql FROM sqlite_schema "
      "WHERE name NOT LIKE 'sqlite_stat%' AND name NOT LIKE 'sqlite_autoindex%'");
  if (!select) return select.error();
  Objects objects;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return objects;
    objects.emplace(select->text(0), select->text(1));
  }
}

}  // namespace

// ---- Transaction

Transaction::~Transaction() {
  if (database_ != nullptr) database_->rollback();
}

Result<void> Transaction::commit() {
  if (database_ == nullptr) throw std::logic_error("a transaction was committed twice");
  auto done = database_->execute("COMMIT");
  if (done) database_ = nullptr;  // otherwise the destructor rolls back
  return done;
}

// ---- opening

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

Database::Database(sqlite3* handle, std::string file)
    : handle_(handle), file_(std::make_shared<const std::string>(std::move(file))) {}

Result<Database> Database::open(const std::filesystem::path& file, Access access,
                                const Schema& schema) {
  const bool writing = access == Access::write;
  const auto usable = writing ? prepare_for_writing(file) : check_for_reading(file);
  if (!usable) return usable.error();

  auto database = connect(file, writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, "");
  if (!database) return database;
  std::int64_t version = 0;
  auto known = database->check_identity(schema, version);
  // A reader of a WAL file needs its shared memory file; where none can be made and no log is
  // pending, the main file is the whole truth.
  const int code = sqlite3_errcode(database->handle_.get()) & 0xFF;
  if (!known && !writing && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) &&
      !has_write_ahead_log(file)) {
    database = connect(file, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, "?immutable=1");
    if (!database) return database;
    known = database->check_identity(schema, version);
  }
  if (!known) return known.error();
  if (version == 0 && !writing) return foreign(*database->file_, schema);
  if (version != schema.version && !writing)
    return other_version(*database->file_, schema, version);
  if (const auto done = database->configure(access); !done) return done.error();
  if (version == schema.version) return database;
  const auto done = version == 0 ? database->create(schema) : database->upgrade(schema);
  if (!done) return done.error();
  return database;
}

Result<Database> Database::connect(const std::filesystem::path& file, int flags,
                                   const char* suffix) {
  const std::string name = *suffix == '\0' ? file.string() : as_uri(file.string()) + suffix;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (handle == nullptr) throw std::bad_alloc();
  Database database(handle, file.string());
  if (code != SQLITE_OK) return failure(code, *database.file_);
  sqlite3_busy_timeout(handle, patience_ms);
  // The file is input like any other: its schema may not run functions with side effects, nor be
  // rewritten.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, max_value_bytes);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  return database;
}

Result<void> Database::check_identity(const Schema& schema, std::int64_t& version) {
  const auto id = number("PRAGMA application_id");
  if (!id) return id.error();
  const auto known = number("PRAGMA user_version");
  if (!known) return known.error();
  const auto objects = number("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  version = *known;
  if (*id == 0 && *known == 0 && *objects == 0) return {};
  if (*id != schema.application_id) return foreign(*file_, schema);
  const bool has_way = !schema.upgrades.empty() && *known >= schema.upgrades.front().from;
  if (*known == schema.version || (has_way && *known < schema.version)) return {};
  return other_version(*file_, schema, *known);
}

Result<void> Database::configure(Access access) {
  for (const char* pragma : {"PRAGMA temp_store=MEMORY", "PRAGMA cell_size_check=ON",
                             "PRAGMA mmap_size=0", "PRAGMA cache_size=-16000"})
    if (auto done = execute(pragma); !done) return done;
  if (access == Access::read) return execute("PRAGMA query_only=ON");
  for (const char* pragma :
       {"PRAGMA auto_vacuum=NONE", "PRAGMA secure_delete=ON", "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL", "PRAGMA journal_size_limit=67108864", checkpoint_pages})
    if (auto done = execute(pragma); !done) return done;
  return {};
}

Result<void> Database::create(const Schema& schema) {
  auto transaction = begin_write();
  if (!transaction) return transaction.error();
  std::int64_t version = 0;
  // Another process may have made it since we looked.
  if (auto known = check_identity(schema, version); !known || version != 0) return known;
  for (const char* statement : schema.statements)
    if (auto done = execute(statement); !done) return done;
  const std::string identity = "PRAGMA application_id=" + std::to_string(schema.application_id) +
                               ";PRAGMA user_version=" + std::to_string(schema.version);
  if (auto done = execute(identity.c_str()); !done) return done;
  return transaction->commit();
}

Result<void> Database::upgrade(const Schema& schema) {
  auto transaction = begin_write();
  if (!transaction) return transaction.error();
  std::int64_t version = 0;
  // Another process may have done it since we looked.
  if (auto known = check_identity(schema, version); !known) return known;
  for (const Upgrade& step : schema.upgrades) {
    if (step.from < version) continue;
    for (const char* statement : step.statements)
      if (auto done = execute(statement); !done) return done;
  }
  const std::string identity = "PRAGMA user_version=" + std::to_string(schema.version);
  if (auto done = execute(identity.c_str()); !done) return done;
  return transaction->commit();
}

// ---- using

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failure(code, *file_);
  return Statement(statement, file_);
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, *file_);
  return {};
}

Result<Transaction> Database::begin_read() {
  if (auto begun = execute("BEGIN"); !begun) return begun.error();
  return Transaction(*this);
}

Result<Transaction> Database::begin_write() {
  if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun.error();
  return Transaction(*this);
}

void Database::rollback() {
  // Some failures (a full disk among them) have rolled back already.
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

std::int64_t Database::changed_rows() const {
  return sqlite3_changes64(handle_.get());
}

Result<std::int64_t> Database::number(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

// ---- looking for damage

Result<std::string> Database::altered_object(const Schema& schema) {
  auto found = read_objects(*this);
  if (!found) return found.error();
  auto model = connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, "");
  if (!model) return model.error();
  for (const char* statement : schema.statements)
    if (auto done = model->execute(statement); !done) return done.error();
  const auto expected = read_objects(*model);
  if (!expected) return expected.error();

  for (const auto& [name, sql] : *expected) {
    const auto at = found->find(name);
    if (at == found->end() || at->second != sql) return name;
    found->erase(at);
  }
  return found->empty() ? std::string() : found->begin()->first;
}

Result<void> Database::expect_unaltered(const Schema& schema) {
  const auto name = altered_object(schema);
  if (!name) return name.error();
  if (name->empty()) return {};
  return Problem{Severity::error,
                 "SQL-011",
                 {*file_, 0, *name},
                 "the " + std::string(schema.name) +
                     " is not as entsync made it: this part is missing, altered or added",
                 "find out who changed it; restore the file from a backup"};
}

Result<std::string> Database::find_damage() {
  auto check = prepare("PRAGMA quick_check(1)");
  if (!check) return check.error();
  const auto row = check->step();
  if (!row) {
    if (is_damage(check->last_failure())) return row.error().list.front().what;
    return row.error();
  }
  const std::string_view answer = check->text(0);
  return answer == "ok" ? std::string() : std::string(answer);
}

Result<void> Database::limit_size(std::uint64_t bytes) {
  const auto page_size = number("PRAGMA page_size");
  if (!page_size) return page_size.error();
  constexpr std::uint64_t most_pages = 0xFFFFFFFE;
  std::uint64_t pages = most_pages;
  if (bytes != 0) pages = std::min(most_pages, bytes / static_cast<std::uint64_t>(*page_size));
  return execute(
      ("PRAGMA max_page_count=" + std::to_string(std::max<std::uint64_t>(pages, 1))).c_str());
}

}  // namespace entsync::sqlite
