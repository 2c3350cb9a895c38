#pragma once
/// Reading the journal, which is journaled itself (CNIL: whoever looks is traced like whoever
/// writes): who, what he asked for, how many records and persons it touched, why. It is measured
/// first, then recorded, then shown, so that nothing is ever shown without a trace.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "audit_form.hpp"
#include "audit_trail.hpp"
#include "context.hpp"
#include "journal/journal.hpp"

namespace entsync {

namespace asio = boost::asio;

struct AuditQuestion {
  JournalQuery query;  ///< with values when they are to be unsealed, else with whose they are
  std::string ticket;  ///< of the request that is answered; may be empty
};

/// What a question touches. A search that goes on (JournalQuery::after) counts its own page.
struct AuditExtent {
  std::uint64_t records = 0;
  std::uint64_t subjects = 0;  ///< persons and other entries
  std::uint64_t last = 0;      ///< seq of the last record
  bool more = false;           ///< the limit ended the search
};

/// "person AC-X/Eleve/1, attribute mail, from 2026-09-01T00:00:00Z"; "everything".
std::string describe(const JournalQuery& query);

/// Counts what the question touches, and narrows it to exactly that: what is appended afterwards,
/// the record of this reading among it, is not shown.
Result<AuditExtent> measure(Journal& journal, JournalQuery& query);

/// Records the reading; warns, and raises an alert, when more persons were touched than [audit]
/// alert_subjects allows. False when it could not be journaled: then nothing may be shown.
asio::awaitable<bool> record_reading(Context& context, const Cause& cause,
                                     const AuditQuestion& question, const AuditExtent& extent);

Problem reading_not_journaled();
/// READ-005: the keys of the vault cannot be read here.
Problem vault_not_readable();
/// Why values may not be shown: no reason or ticket is given (READ-004), or the keys of the vault
/// cannot be read here (READ-005).
std::optional<Problem> unsealing_refused(Journal& journal, const Cause& cause,
                                         const AuditQuestion& question);

/// Calls `print` with each record in the form.
Result<void> show(Journal& journal, const JournalQuery& query, AuditForm form,
                  const std::function<void(std::string_view)>& print);

}  // namespace entsync
