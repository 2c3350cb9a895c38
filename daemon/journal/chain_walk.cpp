#include "chain_walk.hpp"

#include <algorithm>

#include "instant.hpp"

namespace entsync {
namespace {

/// Records get their time before they are queued for the disk, and several threads make them.
constexpr std::int64_t clock_tolerance_ms = 60'000;

}  // namespace

Finding ChainWalk::take(std::int64_t seq, std::string_view bytes, std::string_view stored_hash,
                        AuditRecord& out) {
  const std::uint64_t expected = seq_ + 1;
  if (seq != static_cast<std::int64_t>(expected))
    return Fault{FaultKind::removed, expected,
                 numbered(expected) + " is missing: record " + std::to_string(seq) +
                     (seq_ == 0 ? " is the first" : " follows " + numbered(seq_))};
  auto record = decode_audit_record(bytes);
  if (record && record->seq != expected)
    return Fault{FaultKind::inserted, expected,
                 numbered(expected) + " carries number " + std::to_string(record->seq) + ""};
  const ChainHash hash = hasher_.next(hash_, bytes);
  if (bytes_of(hash) != stored_hash)
    return Fault{FaultKind::altered, expected,
                 numbered(expected) +
                     " does not fit the chain: it, its hash, or the hash before it was "
                     "altered"};
  if (!record)
    return Fault{FaultKind::altered, expected,
                 numbered(expected) + ": " + record.error().list[0].what};
  const auto time = instant_milliseconds(record->time);
  if (!time)
    return Fault{FaultKind::altered, expected, numbered(expected) + " has no readable time"};
  if (auto fault = pair(*record)) return fault;
  look_at_clock(*time);
  if (record->type == AuditType::records_removed) {
    certified_until_ = record->removed_until;
    certified_hash_ = record->removed_head;
  }
  seq_ = expected;
  hash_ = hash;
  out = std::move(*record);
  return std::nullopt;
}

Finding ChainWalk::certificate_fault() const {
  if (certified_until_ == base_seq_ && (base_seq_ == 0 || certified_hash_ == bytes_of(base_hash_)))
    return std::nullopt;
  return Fault{FaultKind::removed, base_seq_ + 1,
               "the journal begins after " + numbered(base_seq_) +
                   ", but its last record about that speaks of " + numbered(certified_until_) +
                   (certified_until_ == base_seq_ ? " with another hash" : "") +
                   ": what is before was not removed at its term"};
}

void ChainWalk::look_at_clock(std::int64_t time) {
  if (!clock_fault_ && time < latest_ - clock_tolerance_ms)
    clock_fault_ = Fault{FaultKind::clock, seq_ + 1,
                         numbered(seq_ + 1) + " is " + std::to_string((latest_ - time) / 1000) +
                             " s older than a record before it: the clock went back, or the time "
                             "was made up"};
  latest_ = std::max(latest_, time);
}

Finding ChainWalk::pair(const AuditRecord& record) {
  if (record.type == AuditType::intent) open_.insert(record.seq);
  if (record.type != AuditType::outcome || open_.erase(record.intent_seq) == 1) return std::nullopt;
  return Fault{FaultKind::pairing, record.seq,
               numbered(record.seq) + " is an outcome of " + numbered(record.intent_seq) +
                   ", which is no intent or has an outcome already"};
}

}  // namespace entsync
