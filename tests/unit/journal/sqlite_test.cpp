#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.hpp"
#include "sqlite/database.hpp"
#include "sqlite/failure.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using sqlite::Access;
using sqlite::Database;
using test::code_of;

constexpr const char* statements[] = {
    "CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT, data BLOB)"};
constexpr sqlite::Schema schema{"test file", 4711, 1, statements};

Result<Database> open(const test::Folder& folder, Access access,
                      const sqlite::Schema& as = schema) {
  return Database::open(folder.path() / "test.db", access, as);
}

TEST(SqliteDatabase, IsCreatedOnceAndFoundAgain) {
  const test::Folder folder;
  EXPECT_EQ(code_of(open(folder, Access::read)), "SQL-013");
  {
    auto database = open(folder, Access::write);
    ASSERT_TRUE(database) << to_string(database.error());
    ASSERT_TRUE(database->execute("INSERT INTO thing VALUES(1, 'a', NULL)"));
  }
  for (const Access access : {Access::write, Access::read}) {
    auto database = open(folder, access);
    ASSERT_TRUE(database) << to_string(database.error());
    auto select = database->prepare("SELECT name FROM thing");
    ASSERT_TRUE(*select->step());
    EXPECT_EQ(select->text(0), "a");
    EXPECT_FALSE(*select->step());
    EXPECT_EQ(*database->altered_object(schema), "");
    EXPECT_EQ(*database->find_damage(), "");
  }
}

TEST(SqliteDatabase, SyncsEveryCommitAndWritesAhead) {
  const test::Folder folder;
  auto database = open(folder, Access::write);
  const auto pragma = [&](const char* sql) {
    auto statement = database->prepare(sql);
    EXPECT_TRUE(*statement->step());
    return std::string(statement->text(0));
  };
  EXPECT_EQ(pragma("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(pragma("PRAGMA synchronous"), "2");  // FULL
  EXPECT_EQ(pragma("PRAGMA temp_store"), "2");   // memory: nobody's data in /tmp
  EXPECT_EQ(pragma("PRAGMA trusted_schema"), "0");
}

TEST(SqliteDatabase, LeavesForeignFilesUntouched) {
  const test::Folder folder;
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((folder.path() / "test.db").c_str(), &handle), SQLITE_OK);
  sqlite3_exec(handle, "CREATE TABLE theirs(x)", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  const auto size = std::filesystem::file_size(folder.path() / "test.db");
  for (const Access access : {Access::write, Access::read})
    EXPECT_EQ(code_of(open(folder, access)), "SQL-002");
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "test.db"), size);
}

TEST(SqliteDatabase, RefusesAnotherOfOurFilesAndOtherVersions) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder, Access::write));
  EXPECT_EQ(code_of(open(folder, Access::write, {"other", 4712, 1, statements})), "SQL-002");
  EXPECT_EQ(code_of(open(folder, Access::write, {"newer", 4711, 2, statements})), "SQL-003");
  EXPECT_EQ(code_of(open(folder, Access::read, {"older", 4711, 0, statements})), "SQL-003");
}

TEST(SqliteDatabase, TakesAnEmptyFileForANewOne) {
  const test::Folder folder;
  folder.write("test.db", "");
  EXPECT_EQ(code_of(open(folder, Access::read)), "SQL-002");
  EXPECT_TRUE(open(folder, Access::write));
}

TEST(SqliteDatabase, RefusesWhatIsNoFile) {
  const test::Folder folder;
  std::filesystem::create_directory(folder.path() / "test.db");
  for (const Access access : {Access::write, Access::read})
    EXPECT_EQ(code_of(open(folder, access)), "SQL-001");
  EXPECT_EQ(code_of(Database::open(folder.path() / "none" / "x.db", Access::write, schema)),
            "SQL-001");
}

TEST(SqliteDatabase, NamesWhatWasAlteredInTheSchema) {
  const test::Folder folder;
  auto database = open(folder, Access::write);
  ASSERT_TRUE(database->execute("CREATE INDEX extra ON thing(name)"));
  EXPECT_EQ(*database->altered_object(schema), "index extra");
  EXPECT_EQ(code_of(database->expect_unaltered(schema)), "SQL-011");
  ASSERT_TRUE(database->execute("DROP INDEX extra"));
  EXPECT_TRUE(database->expect_unaltered(schema));
  ASSERT_TRUE(database->execute("ALTER TABLE thing ADD COLUMN more TEXT"));
  EXPECT_EQ(*database->altered_object(schema), "table thing");
}

TEST(SqliteDatabase, UndoesWhatWasNotCommitted) {
  const test::Folder folder;
  auto database = open(folder, Access::write);
  {
    auto transaction = database->begin_write();
    ASSERT_TRUE(database->execute("INSERT INTO thing VALUES(1, 'a', NULL)"));
  }
  {
    auto transaction = database->begin_write();
    ASSERT_TRUE(database->execute("INSERT INTO thing VALUES(2, 'b', NULL)"));
    ASSERT_TRUE(transaction->commit());
    EXPECT_THROW(static_cast<void>(transaction->commit()), std::logic_error);
  }
  auto count = database->prepare("SELECT group_concat(name) FROM thing");
  ASSERT_TRUE(*count->step());
  EXPECT_EQ(count->text(0), "b");
}

TEST(SqliteStatement, KeepsTextBlobsAndNullsApart) {
  const test::Folder folder;
  auto database = open(folder, Access::write);
  auto insert = database->prepare("INSERT INTO thing VALUES(?1, ?2, ?3)");
  ASSERT_TRUE(insert->bind(std::int64_t{1}, std::string_view(), sqlite::Blob{{}}).run());
  ASSERT_TRUE(
      insert->bind(std::int64_t{2}, nullptr, sqlite::Blob{std::string_view("\0x", 2)}).run());
  EXPECT_EQ(code_of(insert->bind(std::int64_t{2}, nullptr, nullptr).run()), "SQL-009");
  EXPECT_EQ(insert->last_failure() & 0xFF, SQLITE_CONSTRAINT);
  auto select = database->prepare("SELECT name, data, id FROM thing ORDER BY id");
  ASSERT_TRUE(*select->step());
  EXPECT_FALSE(select->is_null(0));
  EXPECT_FALSE(select->is_null(1));
  EXPECT_EQ(select->text(0), "");
  ASSERT_TRUE(*select->step());
  EXPECT_TRUE(select->is_null(0));
  EXPECT_EQ(select->blob(1), std::string_view("\0x", 2));
  EXPECT_EQ(select->integer(2), 2);
  EXPECT_FALSE(*select->step());
}

TEST(SqliteStatement, TakesParametersThatCannotBeForOurMistake) {
  const test::Folder folder;
  auto database = open(folder, Access::write);
  auto select = database->prepare("SELECT name FROM thing WHERE id = ?1");
  EXPECT_THROW(select->bind(std::int64_t{1}, std::int64_t{2}), std::logic_error);
  EXPECT_THROW(select->bind(std::uint64_t{1} << 63U), std::logic_error);
  EXPECT_EQ(code_of(database->prepare("SELECT nothing FROM nowhere")), "SQL-010");
}

TEST(SqliteDatabase, CannotBeWrittenByAReader) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder, Access::write));
  auto database = open(folder, Access::read);
  EXPECT_EQ(code_of(database->execute("INSERT INTO thing VALUES(1, 'a', NULL)")), "SQL-008");
}

TEST(SqliteFailure, SaysWhatHappenedAndNothingOfTheData) {
  for (const auto& [code, expected] : {std::pair{SQLITE_FULL, "SQL-005"},
                                       {SQLITE_IOERR_FSYNC, "SQL-006"},
                                       {SQLITE_BUSY, "SQL-007"},
                                       {SQLITE_READONLY_DBMOVED, "SQL-008"},
                                       {SQLITE_CONSTRAINT_UNIQUE, "SQL-009"},
                                       {SQLITE_CORRUPT_INDEX, "SQL-004"},
                                       {SQLITE_NOTADB, "SQL-004"},
                                       {SQLITE_CANTOPEN, "SQL-001"},
                                       {SQLITE_ERROR, "SQL-010"}}) {
    const Problem problem = sqlite::failure(code, "x.db");
    EXPECT_EQ(problem.code, expected);
    EXPECT_EQ(problem.where.file, "x.db");
    EXPECT_FALSE(problem.what.empty());
    EXPECT_FALSE(problem.remedy.empty());
  }
}

/// Runs `check` as somebody who may read the folder but not write it. Its result is the exit
/// status.
int as_a_guest(const test::Folder& folder, int (*check)(const std::filesystem::path&)) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::seteuid(65'534) != 0) ::_exit(99);
    ::_exit(check(folder.path()));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SqliteDatabase, IsReadOnMediaThatCannotBeWritten) {
  const test::Folder folder;
  ASSERT_TRUE(test::open_to_append(folder.path())->append(test::intents(1, 30)));
  ASSERT_EQ(::chmod((folder.path() / "journal.db").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(as_a_guest(folder,
                       [](const std::filesystem::path& path) {
                         const auto journal = Journal::open(path, Journal::Mode::read);
                         if (!journal) return 1;
                         const auto report = (*journal)->verify({});
                         return report && report->good && report->records == 30 ? 0 : 2;
                       }),
            0);
  EXPECT_EQ(as_a_guest(folder,
                       [](const std::filesystem::path& path) {
                         const auto journal = Journal::open(path, Journal::Mode::append);
                         return code_of(journal) == "JRN-003" ? 0 : 1;
                       }),
            0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
}

/// The main file alone is not the whole journal then: half of it may still be in the log.
TEST(SqliteDatabase, IsNotReadWithoutItsLogOnMediaThatCannotBeWritten) {
  const test::Folder folder;
  const test::Folder copy;
  const auto journal = test::open_to_append(folder.path());
  ASSERT_TRUE(journal->append(test::intents(1, 30)));
  for (const char* name : {"journal.db", "journal.db-wal"}) {
    std::filesystem::copy(folder.path() / name, copy.path() / name);
    ASSERT_EQ(::chmod((copy.path() / name).c_str(), 0444), 0);
  }
  ASSERT_EQ(::chmod(copy.path().c_str(), 0555), 0);
  EXPECT_EQ(as_a_guest(copy,
                       [](const std::filesystem::path& path) {
                         const auto opened = Journal::open(path, Journal::Mode::read);
                         const std::string code = code_of(opened);
                         return code == "SQL-001" || code == "SQL-008" ? 0 : 1;
                       }),
            0);
  ASSERT_EQ(::chmod(copy.path().c_str(), 0755), 0);
}

}  // namespace
}  // namespace entsync
