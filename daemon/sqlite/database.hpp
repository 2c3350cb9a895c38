#pragma once
/// A SQLite file of the state directory, opened the one way this program opens them: write-ahead
/// log with synchronous = FULL (a commit that returned survives a power cut), five seconds of
/// patience with other programs, mode 0600, no temporary files on disk, and only when its
/// application id, version and format are the expected ones. Failures of the file are Problems;
/// exceptions mean a mistake of ours.
///
/// One thread at a time may use a Database and its statements; other threads and processes open
/// their own. Nothing here opens the file behind SQLite's back while it may be in use: closing any
/// descriptor of it drops the process's POSIX locks
/// (https://www.sqlite.org/howtocorrupt.html, 2.2).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/problem.hpp"
#include "schema.hpp"
#include "statement.hpp"

namespace entsync::sqlite {

enum class Access : std::uint8_t {
  read,   ///< the file must exist; nothing is changed
  write,  ///< the file is created when it is missing or empty
};

class Database;

/// Undoes everything since it began unless committed. At most one per Database at a time.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Durable when it returns success. After a failure nothing of it is visible.
  Result<void> commit();

 private:
  friend class Database;
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

class Database {
 public:
  /// Opens `file` and refuses what is not a `schema` file of this version, or with Access::write of
  /// one that its upgrades begin with. With Access::read, a
  /// file in a directory that may not be written (a copy on read-only media) is read as it stands,
  /// provided no write-ahead log lies beside it.
  static Result<Database> open(const std::filesystem::path& file, Access access,
                               const Schema& schema);

  Database(Database&&) = default;
  Database& operator=(Database&&) = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() = default;

  Result<Statement> prepare(const char* sql);
  /// Runs statements without parameters and without results.
  Result<void> execute(const char* sql);
  /// A transaction that sees one state of the file from its first read on.
  Result<Transaction> begin_read();
  /// A transaction that holds the write lock from the start.
  Result<Transaction> begin_write();
  /// Rows that the last statement inserted, changed or deleted.
  [[nodiscard]] std::int64_t changed_rows() const;

  /// The first table, index or trigger that is missing, altered or too many; empty when there is
  /// none.
  Result<std::string> altered_object(const Schema& schema);
  /// SQL-011 when there is one.
  Result<void> expect_unaltered(const Schema& schema);
  /// What PRAGMA quick_check finds first; empty when every page is in order. Reads the whole file.
  Result<std::string> find_damage();
  /// The file may not grow beyond this many bytes (rounded down to pages; 0: no limit but
  /// SQLite's).
  Result<void> limit_size(std::uint64_t bytes);

  [[nodiscard]] const std::string& file() const { return *file_; }

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(sqlite3* handle, std::string file);

  static Result<Database> connect(const std::filesystem::path& file, int flags, const char* suffix);
  Result<void> configure(Access access);
  /// `version` is that of the file, 0 of an empty one.
  Result<void> check_identity(const Schema& schema, std::int64_t& version);
  Result<void> create(const Schema& schema);
  Result<void> upgrade(const Schema& schema);
  Result<std::int64_t> number(const char* sql);
  void rollback();

  std::unique_ptr<sqlite3, Close> handle_;
  std::shared_ptr<const std::string> file_;
};

}  // namespace entsync::sqlite
