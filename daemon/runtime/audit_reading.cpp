#include "audit_reading.hpp"

#include <boost/unordered/unordered_flat_set.hpp>
#include <utility>

#include "alerts.hpp"
#include "workplace.hpp"

namespace entsync {

std::string describe(const JournalQuery& query) {
  std::string text;
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) text += std::string(text.empty() ? "" : ", ") + what + " " + value;
  };
  add("person", query.subject);
  add("school", query.school);
  add("run", query.run);
  add("actor", query.actor);
  add("attribute", query.attribute);
  add("from", query.from);
  add("to", query.to);
  return text.empty() ? "everything" : text;
}

Result<AuditExtent> measure(Journal& journal, JournalQuery& query) {
  AuditExtent extent;
  boost::unordered_flat_set<std::string> subjects;
  const std::uint64_t limit = query.limit;
  const Reveal reveal = std::exchange(query.reveal, Reveal::nothing);
  if (limit != 0) query.limit = limit + 1;
  auto counted = journal.query(query, [&](const AuditRecord& record, const auto&) {
    if (limit != 0 && extent.records == limit) {
      extent.more = true;
      return;
    }
    ++extent.records;
    extent.last = record.seq;
    if (!record.subject.empty()) subjects.insert(record.subject);
  });
  query.limit = limit;
  query.reveal = reveal;
  if (!counted) return counted.error();
  extent.subjects = subjects.size();
  query.until = extent.last;
  return extent;
}

asio::awaitable<bool> record_reading(Context& context, const Cause& cause,
                                     const AuditQuestion& question, const AuditExtent& extent) {
  const bool unsealed = question.query.reveal == Reveal::values;
  const std::string what = (unsealed ? "values unsealed: " : "journal: ") +
                           describe(question.query) + "; " + std::to_string(extent.records) +
                           " records of " + std::to_string(extent.subjects) + " subjects" +
                           (question.ticket.empty() ? "" : "; ticket " + question.ticket);
  if (!record(context, AuditType::read, cause, what)) co_return false;
  const std::uint64_t allowed = context.config.settings.audit.alert_subjects;
  if (allowed != 0 && extent.subjects > allowed) {
    const std::string subject =
        "a reading of the journal touched " + std::to_string(extent.subjects) + " subjects";
    context.log.warning("READ-001", subject + " (" + cause.actor + ")");
    Alert alert{"large-reading", subject,
                cause.actor + " read " + std::to_string(extent.records) + " records of " +
                    std::to_string(extent.subjects) +
                    " persons and other entries; ask why, and see: entsync audit actor " +
                    cause.actor,
                cause.run};
    co_await raise_alert(context, std::move(alert));
  }
  co_return true;
}

Problem reading_not_journaled() {
  return {Severity::error,
          "READ-003",
          {},
          "this reading cannot be journaled, so nothing is shown",
          "while a run is under way ask the daemon ([control] socket), or wait; make the state "
          "directory writable, if it is a copy"};
}

Problem vault_not_readable() {
  return {Severity::error,
          "READ-005",
          {},
          "the keys of the vault cannot be read here, so the values cannot",
          "ask the daemon ([control] socket), or as the account that owns the vault; see [vault]"};
}

std::optional<Problem> unsealing_refused(Journal& journal, const Cause& cause,
                                         const AuditQuestion& question) {
  if (question.query.reveal != Reveal::values) return std::nullopt;
  if (cause.reason.empty() || question.ticket.empty())
    return Problem{Severity::error,
                   "READ-004",
                   {},
                   "values are shown for a reason and a ticket, and one is not given",
                   "say why you need them (--reason) and for which request (--ticket)"};
  if (journal.vault() == nullptr) return vault_not_readable();
  return std::nullopt;
}

Result<void> show(Journal& journal, const JournalQuery& query, AuditForm form,
                  const std::function<void(std::string_view)>& print) {
  if (query.until == 0) return {};  // the question touches nothing
  return journal.query(query, [&](const AuditRecord& record, const auto& outcome) {
    print(shown(form, record, outcome));
  });
}

}  // namespace entsync
