#include "retention.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "config/settings.hpp"
#include "instant.hpp"
#include "journal_place.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

/// Pseudonyms under every key, of all subjects.
std::vector<std::string> pseudonyms_of(const Vault& vault,
                                       const std::vector<std::string>& subjects) {
  std::vector<std::string> all;
  for (const std::string& subject : subjects)
    std::ranges::move(vault.pseudonyms(subject), std::back_inserter(all));
  return all;
}

/// Journaled first: a record may come twice after a crash, never not at all.
Result<std::uint64_t> destroy_due_keys(Journal& journal, Vault& vault, const Cause& cause,
                                       Date day) {
  auto due = vault.with_keys([&](SubjectKeys& keys) { return keys.due(day.iso()); });
  if (!due) return due.error();
  std::vector<AuditRecord> records;
  for (const std::string& pseudonym : *due) {
    AuditRecord record =
        event_record(AuditType::key_destroyed, cause, "the account is gone and the grace is over");
    record.subject = pseudonym;
    records.push_back(std::move(record));
  }
  if (records.empty()) return std::uint64_t{0};
  if (auto written = journal.append(std::move(records)); !written) return written.error();
  if (auto done = vault.destroy(*due); !done) return done.error();
  return static_cast<std::uint64_t>(due->size());
}

Result<std::uint64_t> remove_old_values(Journal& journal, const config::Settings& settings,
                                        const Cause& cause, Date day) {
  const Date limit = day.plus_days(-settings.retention.values_days);
  const auto until = journal.last_before(limit.iso() + "T00:00:00Z");
  if (!until) return until;
  const auto first = journal.first_vaulted();
  if (!first) return first;
  if (*first == 0 || *first > *until) return std::uint64_t{0};
  AuditRecord record = event_record(
      AuditType::values_removed, cause,
      "values older than " + std::to_string(settings.retention.values_days) + " days removed");
  record.vaulted_until = *until;
  std::vector<AuditRecord> records;
  records.push_back(std::move(record));
  if (auto written = journal.append(std::move(records)); !written) return written.error();
  return until;
}

/// In portions, each certified by a record of its own; the last record that is gone, 0 when none
/// was removed.
Result<std::uint64_t> remove_old_records(Journal& journal, const config::Settings& settings,
                                         const Cause& cause, Date day) {
  const int days = settings.retention.journal_days;
  const auto limit = journal.last_before(day.plus_days(-days).iso() + "T00:00:00Z");
  if (!limit) return limit;
  std::uint64_t removed = 0;
  for (;;) {
    const auto first = journal.first();
    if (!first) return first;
    const auto until = journal.removable_until(*limit);
    if (!until) return until;
    if (*until < *first) return removed;
    AuditRecord record =
        event_record(AuditType::records_removed, cause,
                     "records older than " + std::to_string(days) + " days removed");
    record.removed_until = removed = *until;
    std::vector<AuditRecord> records;
    records.push_back(std::move(record));
    if (auto written = journal.append(std::move(records)); !written) return written.error();
  }
}

/// "20261124T023000Z-7f3a.txt" → its day.
std::optional<Date> day_of_report(const fs::path& report) {
  return Date::from_compact(report.filename().string().substr(0, 8));
}

std::vector<fs::path> reports_of(const config::Settings& settings) {
  std::vector<fs::path> reports;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(settings.state_directory / "reports", error))
    if (day_of_report(entry.path())) reports.push_back(entry.path());
  std::ranges::sort(reports);
  return reports;
}

std::uint64_t remove_old_reports(const config::Settings& settings, Date day) {
  std::uint64_t removed = 0;
  for (const fs::path& report : reports_of(settings)) {
    if (day_of_report(report)->plus_days(settings.retention.report_days) > day) break;
    std::error_code error;
    if (fs::remove(report, error)) ++removed;
  }
  return removed;
}

/// The day of a record; nothing without one.
Result<std::optional<Date>> day_of_record(Journal& journal, std::uint64_t seq) {
  std::optional<Date> day;
  if (seq == 0) return day;
  JournalQuery query;
  query.after = seq - 1;
  query.until = seq;
  auto read = journal.query(query, [&](const AuditRecord& record, const auto&) {
    day = Date::from_iso(record.time.substr(0, 10));
  });
  if (!read) return read.error();
  return day;
}

std::string until_day(const std::optional<Date>& day, int days) {
  return day ? day->plus_days(days).iso() : "";
}

}  // namespace

Result<void> note_gone(Journal& journal, const config::Settings& settings,
                       const std::vector<std::string>& subjects, Date day) {
  Vault* const vault = vault_of(journal);
  if (vault == nullptr || subjects.empty()) return {};
  const std::vector<std::string> pseudonyms = pseudonyms_of(*vault, subjects);
  const std::string due = day.plus_days(settings.retention.grace_days).iso();
  return vault->with_keys([&](SubjectKeys& keys) { return keys.set_due(pseudonyms, due); });
}

Result<void> note_back(Journal& journal, const std::vector<std::string>& subjects) {
  Vault* const vault = vault_of(journal);
  if (vault == nullptr || subjects.empty()) return {};
  const auto due = vault->with_keys([](SubjectKeys& keys) { return keys.count_due(); });
  if (!due) return due.error();
  if (*due == 0) return {};
  const std::vector<std::string> pseudonyms = pseudonyms_of(*vault, subjects);
  return vault->with_keys([&](SubjectKeys& keys) { return keys.set_due(pseudonyms, ""); });
}

Result<Removed> apply_retention(Journal& journal, const config::Settings& settings,
                                const Cause& cause, Date day) {
  Removed removed;
  if (Vault* const vault = vault_of(journal); vault != nullptr) {
    auto keys = destroy_due_keys(journal, *vault, cause, day);
    if (!keys) return keys.error();
    removed.keys = *keys;
  }
  auto values = remove_old_values(journal, settings, cause, day);
  if (!values) return values.error();
  removed.values_until = *values;
  auto records = remove_old_records(journal, settings, cause, day);
  if (!records) return records.error();
  removed.records_until = *records;
  removed.reports = remove_old_reports(settings, day);
  return removed;
}

Result<std::vector<Kept>> retention_status(Journal& journal, const config::Settings& settings) {
  const config::Retention& terms = settings.retention;
  std::vector<Kept> rows;
  const auto size = journal.size();
  if (!size) return size.error();
  const auto first = journal.first();
  if (!first) return first.error();
  const std::uint64_t records = *size - *first + 1;
  auto first_day = day_of_record(journal, records == 0 ? 0 : *first);
  if (!first_day) return first_day.error();
  // A record goes when its whole day is past the term: on the day after.
  rows.push_back({"records of the journal", records, terms.journal_days,
                  until_day(*first_day, terms.journal_days + 1)});
  const auto first_vaulted = journal.first_vaulted();
  if (!first_vaulted) return first_vaulted.error();
  auto vaulted_day = day_of_record(journal, *first_vaulted);
  if (!vaulted_day) return vaulted_day.error();
  const std::uint64_t vaulted = *first_vaulted == 0 ? 0 : *size - *first_vaulted + 1;
  rows.push_back({"records with values in the vault, at most", vaulted, terms.values_days,
                  until_day(*vaulted_day, terms.values_days + 1)});
  if (Vault* const vault = vault_of(journal); vault != nullptr) {
    const auto keys = vault->with_keys([](SubjectKeys& all) { return all.count(); });
    if (!keys) return keys.error();
    rows.push_back({"keys of persons and groups", *keys, 0, ""});
    const auto due = vault->with_keys([](SubjectKeys& all) { return all.count_due(); });
    if (!due) return due.error();
    const auto next = vault->with_keys([](SubjectKeys& all) { return all.first_due(); });
    if (!next) return next.error();
    rows.push_back({"keys of persons who are gone", *due, terms.grace_days, *next});
  }
  const auto reports = reports_of(settings);
  rows.push_back(
      {"reports of runs", reports.size(), terms.report_days,
       reports.empty() ? "" : until_day(day_of_report(reports.front()), terms.report_days)});
  return rows;
}

}  // namespace entsync
