#pragma once
/// Secret keys of digests that the ledger keeps in the place of keys, logins, INE or values: files
/// of the state directory, made when the first digest is, never changed. Whoever has state.db
/// alone, a backup for instance, cannot try what may be behind a digest one by one.

#include <filesystem>
#include <string>

#include "core/problem.hpp"
#include "digest/hmac.hpp"

namespace entsync {

/// How the problems of a key are told.
struct DigestKeyWords {
  std::string name;  ///< "the key of the tombstones"
  std::string loss;  ///< what is not known without it
};

/// Reads the key. Without the file it is made (mode 0600), unless there are digests already, which
/// nobody would find with another key (LDG-009); a file that others may read, or that holds no key,
/// is refused (LDG-010).
Result<Hmac> open_digest_key(const std::filesystem::path& file, const DigestKeyWords& words,
                             bool has_digests);

}  // namespace entsync
