#include "failure.hpp"

#include <sqlite3.h>

namespace entsync::sqlite {
namespace {

struct Meaning {
  const char* code;
  const char* what;
  const char* remedy;
};

Meaning meaning(int code) {
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {"SQL-004", "the file is damaged",
              "keep a copy of it and of its -wal file, check the disk, restore the last backup"};
    case SQLITE_FULL:
      return {"SQL-005", "there is no room left for the file; nothing was half written",
              "free space on its file system, then start again"};
    case SQLITE_IOERR:
      return {"SQL-006", "the file could not be read or written; nothing was half written",
              "look for disk errors in the kernel log; the file is as it was before"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"SQL-007", "another program holds the file and did not let go of it in time",
              "end the other program (a backup, a shell) and start again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {"SQL-008", "the file may not be written",
              "check owner and mode of the file and of its directory, and read-only mounts"};
    case SQLITE_CONSTRAINT:
      return {"SQL-009", "a rule of the file itself refused the change",
              "this is a defect of entsync or somebody else's change; nothing was written"};
    case SQLITE_CANTOPEN:
      return {"SQL-001", "the file cannot be opened",
              "check that it and its directory exist and may be read by this user"};
    default:
      return {"SQL-010", "SQLite refused an operation",
              "this is a defect of entsync or a file made by another version"};
  }
}

}  // namespace

Problem failure(int code, const std::string& file) {
  const Meaning m = meaning(code);
  return {
      Severity::error,
      m.code,
      {file, 0, {}},
      std::string(m.what) + " (SQLite " + std::to_string(code) + ": " + sqlite3_errstr(code) + ")",
      m.remedy};
}

bool is_damage(int code) {
  return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
}

}  // namespace entsync::sqlite
