#include "tamper.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <vector>

namespace entsync::test {
namespace {

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Handle open(const std::filesystem::path& directory) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open((directory / "journal.db").c_str(), &handle), SQLITE_OK);
  return Handle(handle);
}

void execute(sqlite3* handle, const std::string& sql) {
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
}

/// All rows of one text column.
std::vector<std::string> column(sqlite3* handle, const std::string& sql) {
  std::vector<std::string> rows;
  const auto take = [](void* out, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(values[0] ? values[0] : "");
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), take, &rows, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  return rows;
}

}  // namespace

void run_sql(const std::filesystem::path& directory, const std::string& sql) {
  execute(open(directory).get(), sql);
}

bool try_sql(const std::filesystem::path& directory, const std::string& sql) {
  return sqlite3_exec(open(directory).get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

void tamper(const std::filesystem::path& directory, const std::string& sql) {
  const Handle handle = open(directory);
  const auto names = column(handle.get(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
  const auto triggers =
      column(handle.get(), "SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
  // In one piece, and without waiting for the disk: thousands of these are made.
  std::string all = "PRAGMA synchronous=OFF; BEGIN;";
  for (const std::string& name : names) all += "DROP TRIGGER " + name + ";";
  all += sql + ";";
  for (const std::string& trigger : triggers) all += trigger + ";";
  execute(handle.get(), all + "COMMIT");
}

std::vector<std::string> ask_all(const std::filesystem::path& directory, const std::string& sql) {
  return column(open(directory).get(), sql);
}

std::string ask(const std::filesystem::path& directory, const std::string& sql) {
  const Handle handle = open(directory);
  const auto rows = column(handle.get(), sql);
  return rows.empty() ? "" : rows.front();
}

}  // namespace entsync::test
