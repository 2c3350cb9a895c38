#pragma once
/// The record of the GDPR journal and its canonical bytes. One record tells one event: a run that
/// starts or ends, the intent to change an entry (with every attribute, old and new values, and the
/// cause of each), the outcome of that intent, a hold and its release, a reading of the journal.
/// Canonical bytes are what is hashed and chained: equal records give equal bytes, and
/// decode(encode(r)) == r.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "problem.hpp"

namespace entsync {

enum class AuditType : std::uint8_t {
  run_started = 1,
  intent = 2,
  outcome = 3,
  run_finished = 4,
  held = 5,
  released = 6,
  rejected = 7,
  read = 8,
  access_refused = 9,  ///< somebody asked the daemon for what he may not have
  order = 10,          ///< somebody told the daemon to do something that is no run
  key_destroyed = 11,  ///< what the vault holds of the subject can be read by nobody any more
  values_removed =
      12,  ///< what the vault held of the records up to `vaulted_until` reached its term
  records_removed = 13,  ///< the records up to `removed_until` reached their term
  rectification = 14,    ///< what a delivery or the directory made of a ticket of rectification
};
std::string_view to_string(AuditType type);

/// Cause and effect for one attribute inside an intent. Of values in the vault (vault.hpp) the
/// record itself has the number only.
struct AttributeTrace {
  std::string attribute;
  std::vector<std::string> removed;
  std::vector<std::string> added;
  std::string file;    ///< source file name, empty for derived values
  std::string sha256;  ///< of that file
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
  std::uint64_t vaulted_removed = 0;
  std::uint64_t vaulted_added = 0;
  [[nodiscard]] bool adds() const { return !added.empty() || vaulted_added != 0; }
  bool operator==(const AttributeTrace&) const = default;
};

struct AuditRecord {
  std::uint64_t seq = 0;  ///< given by the journal, from 1, without gaps
  std::string time;       ///< RFC 3339 UTC with milliseconds
  AuditType type = AuditType::run_started;
  std::string run;     ///< run id
  std::string actor;   ///< individual or "system:nightly"
  std::string reason;  ///< mandatory for on-demand work and releases

  // intent
  std::string operation;  ///< to_string(Operation)
  std::string kind;       ///< to_string(EntryKind)
  std::string profil;     ///< to_string(Profil), empty for entries that are not persons
  std::string dn;
  std::string subject;
  std::vector<std::string> schools;
  std::string csn;
  std::string rule;  ///< e.g. "sdet-1d:eleve"; with an attribute's name: the rule of that attribute
  std::vector<AttributeTrace> attributes;

  // outcome
  std::uint64_t intent_seq = 0;
  std::string outcome;  ///< "applied", "refused", "conflict", "not-applied"
  std::int64_t ldap_code = 0;
  /// Detail without personal data (LDAP result names, counts, plan ids).
  std::string detail;

  /// SHA-256, 32 bytes, of what the vault holds of this record; empty: nothing.
  std::string vaulted;
  /// values_removed: what the vault held of the records up to this one is gone.
  std::uint64_t vaulted_until = 0;

  /// records_removed: the records up to this one are gone, and the chain hash of this one, 32
  /// bytes, from which the rest is verified. The journal fills in the hash.
  std::uint64_t removed_until = 0;
  std::string removed_head;

  bool operator==(const AuditRecord&) const = default;
};

/// Longest canonical form that is read or journaled. A group of 100 000 members that is created at
/// once needs about 8 MB; what is longer was not written by this program.
inline constexpr std::size_t max_audit_record_bytes = std::size_t{16} << 20U;
/// Most attributes of one record; an entry of a directory has some dozens. It bounds what a few
/// forged bytes can make the decoder allocate.
inline constexpr std::size_t max_audit_attributes = 65'536;

/// Records are kept for this many days at least, 365 as a rule and 1 095 at most (CNIL,
/// recommendation 2021-122: six months to one year, up to three with a justification).
inline constexpr int shortest_journal_days = 183;

/// Canonical bytes of a record. `type` must be one of AuditType.
///
/// A record is a run of fields, each `tag, length, bytes`: tag one byte, strictly rising; length
/// LEB128 in its shortest form; empty texts, empty lists and zeros are absent. Numbers are LEB128
/// inside their field, `ldap_code` zigzag-folded first. The elements of a list are `length, bytes`
/// one after the other.
///
///   1 seq      4 run      16 operation  20 subject  24 sources       32 intent_seq
///   2 time     5 actor    17 kind       21 schools  25 attributes    33 outcome
///   3 type     6 reason   18 profil     22 csn                       34 ldap_code
///                         19 dn         23 rule                      35 detail
///   40 vaulted   41 vaulted_until   42 removed_until   43 removed_head
///
/// `sources` is the table of the traces' (file, sha256) pairs in order of first use: `length,
/// file`, then byte 1 and 32 raw bytes when sha256 is 64 lower-case hexadecimal digits, else byte
/// 0, `length, text`. `attributes` holds for each trace `length` and fields again: 1 attribute, 2
/// removed, 3 added, 4 row of its source counted from 1 (absent: file and sha256 are empty), 5
/// line, 6 offset, 7 vaulted_removed, 8 vaulted_added. Line and offset are written as the
/// zigzag-folded difference, modulo 2^64, from the previous trace of the same source (from 0 for
/// its first): the values of one record of a feed stand close together.
///
/// Unused tags belong to later fields; a decoder that does not know a tag refuses the record. Bytes
/// 0xF0–0xFF never are tags, so another format can be told by its first byte.
std::string encode(const AuditRecord& record);

/// The record behind canonical bytes; decode(encode(r)) == r within the two limits above. Refuses
/// everything that `encode` does not write (AUD-001; AUD-002 when too long), so that exactly one
/// byte string stands for a record. The caller adds where the bytes come from.
Result<AuditRecord> decode_audit_record(std::string_view bytes);

}  // namespace entsync
