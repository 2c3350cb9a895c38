#pragma once
/// The keys of the vault, `keys.db`: one for each subject, wrapped by the key of the vault
/// (AES-256-GCM). To destroy a key is to make everything unreadable that was kept about its
/// subject, in every copy of the journal. So this file must not be copied for long: its backups are
/// as short as the promise to forget.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipher.hpp"
#include "core/problem.hpp"
#include "key_ring.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// What a text in the vault says of its key: random, 16 bytes.
using SubjectKeyId = std::array<char, 16>;

struct SubjectKey {
  SubjectKeyId id{};
  CipherKey key{};
};

class SubjectKeys {
 public:
  static Result<SubjectKeys> open(const std::filesystem::path& file, sqlite::Access access,
                                  KeyRing ring);

  /// The key of the subject that has one of these pseudonyms; nothing when it has none.
  Result<std::optional<SubjectKey>> find(const std::vector<std::string>& pseudonyms);
  /// Nothing when it was destroyed.
  Result<std::optional<SubjectKey>> find(const SubjectKeyId& id);
  /// New keys, one for each pseudonym, in one durable commit.
  Result<std::vector<SubjectKey>> make(const std::vector<std::string>& pseudonyms);

  /// The keys of these subjects are to be destroyed on this day ("2026-11-30"); an empty day: they
  /// stay.
  Result<void> set_due(const std::vector<std::string>& pseudonyms, std::string_view day);
  /// Pseudonyms of the keys that are due on this day or were before.
  Result<std::vector<std::string>> due(std::string_view day);
  /// Destroys them: their bytes are overwritten in the file and in its log.
  Result<void> destroy(const std::vector<std::string>& pseudonyms);

  /// Wraps every key with the key of the vault that is in use now.
  Result<std::uint64_t> rewrap();
  /// How many there are, and how many are to be destroyed.
  Result<std::uint64_t> count();
  Result<std::uint64_t> count_due();
  /// The first day on which one is due; empty when none is.
  Result<std::string> first_due();

  KeyRing& ring() { return ring_; }

 private:
  SubjectKeys(sqlite::Database database, KeyRing ring)
      : database_(std::move(database)), ring_(std::move(ring)) {}
  /// VLT-005 when the key of the vault that wrapped it is not in the ring, or the bytes are not
  /// what was wrapped.
  Result<SubjectKey> unwrap(std::string_view id, std::string_view wrapped, std::int64_t number);
  [[nodiscard]] std::string wrap(const SubjectKey& key) const;
  Result<std::uint64_t> number(const char* sql);

  sqlite::Database database_;
  KeyRing ring_;
  sqlite::Statement by_pseudonym_;
  sqlite::Statement by_id_;
  sqlite::Statement insert_;
};

}  // namespace entsync
