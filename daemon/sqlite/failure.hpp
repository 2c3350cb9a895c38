#pragma once
/// What SQLite's result codes mean to the person who reads a log at night. Every failure of a
/// database file becomes one Problem with the file, SQLite's own name for it and its number; never
/// the SQL or a value, which may hold a person's data.

#include <string>

#include "core/problem.hpp"

namespace entsync::sqlite {

/// The Problem for an (extended) result code of SQLite about `file`. Codes SQL-004 to SQL-010.
Problem failure(int code, const std::string& file);

/// Whether the code says that the file's content is not what SQLite wrote.
bool is_damage(int code);

}  // namespace entsync::sqlite
