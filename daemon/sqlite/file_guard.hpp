#pragma once
/// What must be true of a database file before SQLite touches it: its directory is there, it is a
/// regular file, and nobody but its owner may read or write it.

#include <filesystem>

#include "core/problem.hpp"

namespace entsync::sqlite {

/// Creates `file` empty with mode 0600 when it is missing (durably: its directory is synced); takes
/// the permissions of group and others away from one that exists. Codes SQL-001, SQL-012.
Result<void> prepare_for_writing(const std::filesystem::path& file);

/// Whether there is a regular file to read. Codes SQL-001, SQL-013.
Result<void> check_for_reading(const std::filesystem::path& file);

}  // namespace entsync::sqlite
