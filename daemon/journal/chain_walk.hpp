#pragma once
/// Follows the records of a journal from the first that is there to the last: numbers, canonical
/// form, chain, times, the pairing of intents and outcomes, and that what is not there any more was
/// certified. Trusts nothing but the records.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base.hpp"
#include "chain.hpp"
#include "core/audit_record.hpp"
#include "finding.hpp"

namespace entsync {

class ChainWalk {
 public:
  explicit ChainWalk(const JournalBase& base)
      : seq_(base.seq), hash_(base.hash), base_seq_(base.seq), base_hash_(base.hash) {}

  /// The next row of the table; `out` is its record when nothing is wrong with it.
  Finding take(std::int64_t seq, std::string_view bytes, std::string_view stored_hash,
               AuditRecord& out);

  /// Number of the last good record.
  [[nodiscard]] std::uint64_t last() const { return seq_; }
  /// Its hash, hexadecimal; empty before the first.
  [[nodiscard]] std::string head() const { return seq_ == 0 ? "" : hexadecimal(hash_); }
  [[nodiscard]] const ChainHash& hash() const { return hash_; }
  /// The first record that is older than one before it by more than a minute; it stops no walk.
  [[nodiscard]] const Finding& clock_fault() const { return clock_fault_; }
  [[nodiscard]] const std::set<std::uint64_t>& open_intents() const { return open_; }
  /// After the last record: that the newest certificate is the one of where the journal begins.
  [[nodiscard]] Finding certificate_fault() const;

 private:
  Finding pair(const AuditRecord& record);
  void look_at_clock(std::int64_t time);

  ChainHasher hasher_;
  std::uint64_t seq_;
  ChainHash hash_;
  std::uint64_t base_seq_;
  ChainHash base_hash_;
  std::uint64_t certified_until_ = 0;
  std::string certified_hash_;
  std::set<std::uint64_t> open_;
  std::int64_t latest_ = 0;  ///< time of a record, milliseconds
  Finding clock_fault_;
};

}  // namespace entsync
