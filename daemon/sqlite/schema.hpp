#pragma once
/// What makes a SQLite file one of ours: an application id in its header, a version, and the exact
/// statements that its tables, indexes and triggers were made with. A file of an earlier version is
/// taken from one to the next by upgrades, all in one transaction.

#include <cstdint>
#include <span>

namespace entsync::sqlite {

/// What has to be done to a file of one version so that it is of the next.
struct Upgrade {
  std::int32_t from;
  std::span<const char* const> statements;
};

struct Schema {
  const char* name;             ///< in messages, e.g. "journal"
  std::int32_t application_id;  ///< https://www.sqlite.org/fileformat2.html#application_id
  std::int32_t version;         ///< user_version
  std::span<const char* const> statements;
  std::span<const Upgrade> upgrades{};  ///< in order, without gaps; the last one leads to `version`
};

}  // namespace entsync::sqlite
