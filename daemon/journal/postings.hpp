#pragma once
/// What the index of the journal says about a record: pure functions from records to index rows.
/// Keys are 64-bit hashes, so the index holds no text about anybody; what it finds is compared with
/// the record itself, and two keys with one hash only cost a look.

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/audit_record.hpp"

namespace entsync {

/// One row of table `posting`: record `at` of the block, or for runs, attributes and actors
/// the first record of a group of `group_records`, speaks of the key.
struct Posting {
  std::uint64_t block = 0;
  std::int64_t key = 0;
  std::uint64_t at = 0;
  auto operator<=>(const Posting&) const = default;
};

/// Key of a subject as it is, or of a DN in ASCII lower case. (Not of the normal form of DNs: it
/// follows Unicode's tables, and an index must not change its mind with a new version of them.)
std::int64_t subject_key(std::string_view subject);
std::int64_t dn_key(std::string_view dn);
std::int64_t school_key(std::string_view uai);
std::int64_t run_key(std::string_view run);
/// Attribute names are compared without case (RFC 4512 §2.5).
std::int64_t attribute_key(std::string_view attribute);
std::int64_t actor_key(std::string_view actor);

/// Appends the rows of a record; a row may come twice. `record.seq` must be set.
void append_postings(const AuditRecord& record, std::vector<Posting>& out);

/// Sorts and removes double rows.
void sort_unique(std::vector<Posting>& postings);

}  // namespace entsync
