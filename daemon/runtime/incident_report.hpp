#pragma once
/// What a notification to the authority needs within 72 hours of the moment at which a breach
/// became known (GDPR art. 33), from the journal: whom and what it concerns, in numbers, who acted,
/// and whether the journal itself can be believed. Names nobody; what is likely to follow and what
/// is done about it is for people to write.

#include <optional>
#include <string>

#include "config/settings.hpp"
#include "core/incident_tally.hpp"
#include "core/processing_register.hpp"
#include "journal/journal.hpp"

namespace entsync {

struct IncidentReport {
  std::string question;     ///< as describe() tells it
  std::string known_since;  ///< RFC 3339
  std::string notify_by;    ///< 72 hours later
  IncidentCounts counts;
  ChainReport chain;
  config::Controller controller;
};

/// `known_since` is an instant (JRN-010). Reads everything that matches, and the whole journal to
/// verify it: seconds for a million records.
Result<IncidentReport> make_incident_report(Journal& journal, JournalQuery query,
                                            std::string known_since,
                                            const config::Settings& settings);

/// As text, and as one JSON object. The register of the processing gives attributes their label and
/// category.
std::string incident_text(const IncidentReport& report, const ProcessingRegister& processing);
std::string incident_json(const IncidentReport& report, const ProcessingRegister& processing);

}  // namespace entsync
