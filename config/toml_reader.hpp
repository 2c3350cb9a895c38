#pragma once
/// Typed reading of TOML tables that misses nothing: every accessor names the key it reads, and
/// `finish` reports the keys that nobody asked for together with those that are allowed. Problems
/// carry file, line and full key. For the loaders of this folder only: it drags the TOML library
/// in.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "core/problem.hpp"

namespace entsync::config {

/// Contents of a file, or the problem of reading it.
Result<std::string> read_text_file(const std::filesystem::path& path, std::string_view code,
                                   std::uintmax_t max_bytes = std::uintmax_t{64} << 20U);

/// Parses `text`; the problem carries the line.
Result<toml::table> parse_toml(std::string_view text, const std::string& file);

class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string file, std::string path, Problems& problems)
      : table_(&table), file_(std::move(file)), path_(std::move(path)), problems_(&problems) {}

  [[nodiscard]] bool has(std::string_view key);
  [[nodiscard]] bool is_list(std::string_view key) const;
  std::optional<std::string> text(std::string_view key);
  std::string text_or(std::string_view key, std::string fallback);
  /// Missing or empty is an error.
  std::string required_text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<double> number(std::string_view key, double min, double max);
  std::optional<bool> boolean(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  std::optional<TomlTable> table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key);
  /// Every key with its text value, in the order of the file; other types are errors.
  std::vector<std::pair<std::string, std::string>> all_texts();
  /// The keys themselves.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Reports `key` when it is there; it is not among those that are allowed.
  void refuse(std::string_view key, std::string what, std::string remedy);

  void error(std::string_view key, std::string what, std::string remedy);
  void warning(std::string_view key, std::string what, std::string remedy);
  [[nodiscard]] Place place(std::string_view key) const;
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Reports keys that were never asked for.
  void finish();

 private:
  const toml::node* node(std::string_view key);
  [[nodiscard]] std::string full(std::string_view key) const;

  const toml::table* table_;
  std::string file_;
  std::string path_;
  Problems* problems_;
  std::vector<std::string> known_;
  std::vector<std::string> refused_;
};

}  // namespace entsync::config
