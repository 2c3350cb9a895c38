#pragma once
/// What runs make of the tickets of rectification (core/rectification.hpp): what the deliveries
/// carry now closes them and opens them again, the change that took a correction into the directory
/// is noted from the journal (GDPR art. 19), and schools that are waited for too long are told of.
/// Each step is journaled before it is kept; logs name numbers, schools and places alone.

#include <cstdint>
#include <string>
#include <vector>

#include "audit_trail.hpp"
#include "core/planner.hpp"
#include "core/rectification.hpp"
#include "journal/journal.hpp"
#include "state/ledger.hpp"

namespace entsync::config {
struct Settings;
}

namespace entsync {

class Log;
struct RunReport;

/// A record about a ticket; its attribute and a place stand in it like those of a change, without
/// values.
AuditRecord ticket_record(AuditType type, const Rectification& ticket, const Cause& cause,
                          const std::string& what, const DeliveredPlace& place);

/// What both sides say of every ticket. `deriver` is one for the same input.
Result<std::vector<RectificationSight>> look_at_rectifications(const PlannerInput& input,
                                                               const Deriver& deriver,
                                                               Ledger& ledger);

struct FollowedRectifications {
  std::uint64_t corrected = 0;
  std::uint64_t reopened = 0;
  std::uint64_t reflected = 0;    ///< the directory was found to hold the contested value no more
  std::uint64_t handed_over = 0;  ///< to the school where the person is now
  std::uint64_t removed = 0;      ///< finished tickets whose term was reached, or of who is gone
};
/// Takes every ticket on by what was seen of it. Those of `gone` – keys of accounts that are gone –
/// go, and so does what has been finished for as long as the journal keeps records.
Result<FollowedRectifications> follow_rectifications(
    Journal& journal, Ledger& ledger, const config::Settings& settings, const Cause& cause,
    const std::vector<RectificationSight>& sights, const std::vector<std::string>& gone, Date day);

/// Notes on corrected tickets when the directory took the correction, once a change of the
/// attribute was applied; how many were noted.
Result<std::uint64_t> note_reflections(Journal& journal, Ledger& ledger, const Cause& cause);

/// Tells the reminders that are due, each once (RUN-074), and what is overdue, every time
/// (RUN-075).
Result<void> tell_ages(Ledger& ledger, Log& log, RunReport& report, Date day);

}  // namespace entsync
