#pragma once
/// The tickets of rectification in the ledger. What is contested stands in them as a digest made
/// with `rectification.key` of the state directory, which answers whether a value is that one and
/// tells nothing else. Numbers are never given twice, whatever became of a ticket.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/rectification.hpp"
#include "digest/hmac.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class RectificationTable {
 public:
  /// `database` must outlive the object; `key_file` is made by the first digest.
  RectificationTable(sqlite::Database& database, std::filesystem::path key_file)
      : database_(database), key_file_(std::move(key_file)) {}

  Result<std::vector<Rectification>> tickets();
  Result<std::uint64_t> next_number();
  Result<void> set(const std::vector<Rectification>& tickets);
  Result<void> remove(const std::vector<std::uint64_t>& numbers);
  Result<std::string> digest(std::string_view subject, std::string_view attribute,
                             std::string_view value);

 private:
  Result<bool> has_digests();

  sqlite::Database& database_;
  std::filesystem::path key_file_;
  std::optional<Hmac> key_;
};

}  // namespace entsync
