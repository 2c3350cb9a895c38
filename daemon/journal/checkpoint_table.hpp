#pragma once
/// The checkpoints that a journal holds: signs new ones and reads what was signed.

#include <functional>
#include <optional>
#include <string>

#include "checkpoint.hpp"
#include "signed_note.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// Who signs what the journal holds now, and of which moment that is told.
struct Sealing {
  const SigningKey& key;
  /// The key in use until now, when `key` is to take over: both sign then.
  const SigningKey* previous = nullptr;
  std::string origin;  ///< of a new series; a series keeps the one that it began with
  std::string time;    ///< RFC 3339 UTC with milliseconds
  std::string run{};
};

/// Signs the head of the journal in one durable commit and gives the note; nothing when the last
/// checkpoint says it all already. JRN-023 when the last checkpoint does not fit the records,
/// JRN-024 when another key signed it and does not sign with us.
Result<std::optional<std::string>> seal(sqlite::Database& database, const Sealing& sealing);

/// Calls `visit` with number, size and note of every checkpoint, in order.
Result<void> for_each_checkpoint(sqlite::Database& database,
                                 const std::function<void(std::int64_t number, std::int64_t size,
                                                          std::string_view note)>& visit);

}  // namespace entsync
