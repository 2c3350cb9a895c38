#pragma once
/// What somebody with a SQLite shell can do to a journal.

#include <filesystem>
#include <string>
#include <vector>

namespace entsync::test {

/// Runs SQL on `directory`/journal.db as it is.
void run_sql(const std::filesystem::path& directory, const std::string& sql);

/// Whether SQL runs without an error.
bool try_sql(const std::filesystem::path& directory, const std::string& sql);

/// Takes the triggers off, runs the SQL, and puts the same triggers back: nothing but the content
/// differs.
void tamper(const std::filesystem::path& directory, const std::string& sql);

/// First column of every row, as text.
std::vector<std::string> ask_all(const std::filesystem::path& directory, const std::string& sql);

/// First column of the first row, as text.
std::string ask(const std::filesystem::path& directory, const std::string& sql);

}  // namespace entsync::test
