#pragma once
/// What makes a SQLite file one of ours: an application id in its header, a version, and the exact
/// statements that its tables, indexes and triggers were made with.

#include <cstdint>
#include <span>

namespace entsync::sqlite {

struct Schema {
  const char* name;             ///< in messages, e.g. "journal"
  std::int32_t application_id;  ///< https://www.sqlite.org/fileformat2.html#application_id
  std::int32_t version;         ///< user_version
  std::span<const char* const> statements;
};

}  // namespace entsync::sqlite
