#include "diagnosis.hpp"

#include "core/audit_record.hpp"

namespace entsync {
namespace {

/// The number that the record in row `seq` carries in its bytes; 0 when it cannot be read.
std::uint64_t carried(sqlite::Statement& select, std::uint64_t seq) {
  const auto row = select.bind(seq).step();
  if (!row || !*row) return 0;
  const auto record = decode_audit_record(select.blob(0));
  select.reset();
  return record ? record->seq : 0;
}

Fault named(const Fault& fault, FaultKind kind, std::string what) {
  return {kind, fault.seq, fault.what + ": " + std::move(what)};
}

}  // namespace

Fault diagnose(sqlite::Database& database, const Fault& fault) {
  if (fault.kind != FaultKind::inserted && fault.kind != FaultKind::altered) return fault;
  auto select = database.prepare("SELECT bytes FROM record WHERE seq = ?1");
  if (!select) return fault;
  const std::uint64_t here = fault.seq;
  const std::uint64_t carries = carried(*select, here);
  // Whoever inserts moves what follows; the record that belongs here is then the next one.
  if (carried(*select, here + 1) == here)
    return carries == here + 1 && carried(*select, here + 2) != here + 1
               ? named(fault, FaultKind::swapped, "it and the next one stand in each other's place")
               : named(fault, FaultKind::inserted, "a record was inserted before it");
  if (carries == 0 || carries == here) return fault;
  if (carried(*select, carries) == here)
    return named(fault, FaultKind::swapped,
                 "it and " + numbered(carries) + " stand in each other's place");
  if (carries > here)
    return named(
        fault, FaultKind::removed,
        numbered(here) +
            (carries == here + 1 ? std::string(" was removed")
                                 : " to " + std::to_string(carries - 1) + " were removed") +
            " and what follows moved up");
  return named(fault, FaultKind::inserted, "a copy of " + numbered(carries) + " was inserted");
}

}  // namespace entsync
