#pragma once
/// Between plans and the journal: the record that announces a change, the one that tells how it
/// ended, and the change behind a record that a crash left open.

#include <string>
#include <vector>

#include "core/apply_machine.hpp"
#include "core/audit_record.hpp"
#include "core/plan.hpp"

namespace entsync {

/// Who acts, in which run, and why.
struct Cause {
  std::string run;
  std::string actor;  ///< individual, or "system:nightly"
  std::string reason;
};

AuditRecord event_record(AuditType type, const Cause& cause, std::string detail);
AuditRecord intent_record(const Change& change, const Plan& plan, const Cause& cause);
AuditRecord outcome_record(const Cause& cause, std::uint64_t intent_seq, Outcome outcome, int code,
                           std::string detail);

/// The changes that open intents announced, in their order.
Plan plan_of(const std::vector<AuditRecord>& intents);

}  // namespace entsync
