#include "chain_walk.hpp"

#include "instant.hpp"

namespace entsync {

Finding ChainWalk::take(std::int64_t seq, std::string_view bytes, std::string_view stored_hash,
                        AuditRecord& out) {
  const std::uint64_t expected = seq_ + 1;
  if (seq != static_cast<std::int64_t>(expected))
    return Fault{expected, numbered(expected) + " is missing: record " + std::to_string(seq) +
                               (seq_ == 0 ? " is the first" : " follows " + numbered(seq_))};
  auto record = decode_audit_record(bytes);
  if (record && record->seq != expected)
    return Fault{expected, numbered(expected) + " carries number " + std::to_string(record->seq) +
                               ": records were swapped or inserted"};
  const ChainHash hash = hasher_.next(hash_, bytes);
  if (bytes_of(hash) != stored_hash)
    return Fault{expected, numbered(expected) +
                               " does not fit the chain: it, its hash, or the hash before it was "
                               "altered"};
  if (!record) return Fault{expected, numbered(expected) + ": " + record.error().list[0].what};
  if (!instant_milliseconds(record->time))
    return Fault{expected, numbered(expected) + " has no readable time"};
  if (auto fault = pair(*record)) return fault;
  seq_ = expected;
  hash_ = hash;
  out = std::move(*record);
  return std::nullopt;
}

Finding ChainWalk::pair(const AuditRecord& record) {
  if (record.type == AuditType::intent) open_.insert(record.seq);
  if (record.type != AuditType::outcome || open_.erase(record.intent_seq) == 1) return std::nullopt;
  return Fault{record.seq, numbered(record.seq) + " is an outcome of " +
                               numbered(record.intent_seq) +
                               ", which is no intent or has an outcome already"};
}

}  // namespace entsync
