#pragma once
/// The secret key of the tombstones, `tombstone.key` of the state directory: made when the first
/// account is forgotten, never changed. Whoever has state.db alone, a backup for instance, cannot
/// try keys, logins or INE one by one.

#include <filesystem>

#include "core/problem.hpp"
#include "digest/hmac.hpp"

namespace entsync {

/// Reads the key. Without the file it is made (mode 0600), unless there are tombstones already,
/// which nobody would find with another key (LDG-009); a file that others may read, or that holds
/// no key, is refused (LDG-010).
Result<Hmac> open_tombstone_key(const std::filesystem::path& file, bool has_tombstones);

}  // namespace entsync
