#include "audit_reading.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

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
  if (!counted) return counted.error();
  extent.subjects = subjects.size();
  query.until = extent.last;
  return extent;
}

asio::awaitable<bool> record_reading(Context& context, const Cause& cause,
                                     const AuditQuestion& question, const AuditExtent& extent) {
  const std::string what = "journal: " + describe(question.query) + "; " +
                           std::to_string(extent.records) + " records of " +
                           std::to_string(extent.subjects) + " subjects" +
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

Result<void> show(Journal& journal, const JournalQuery& query, AuditForm form,
                  const std::function<void(std::string_view)>& print) {
  if (query.until == 0) return {};  // the question touches nothing
  return journal.query(query, [&](const AuditRecord& record, const auto& outcome) {
    print(shown(form, record, outcome));
  });
}

}  // namespace entsync
