#include "rectifications.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "config/settings.hpp"
#include "core/rectification_sights.hpp"
#include "instant.hpp"
#include "log.hpp"
#include "report.hpp"

namespace entsync {
namespace {

std::string told(const DeliveredPlace& place) {
  return (place.delivered ? "the delivery of " + place.delivered->iso() : "a delivery") +
         (place.file.empty() ? "" : " (" + place.str() + ")");
}

/// A change of the ticket's attribute that the directory took.
struct Taken {
  std::string at;
  std::string run;
};

/// The first one, or the last one, after a record of the journal; nothing when there is none.
Result<std::optional<Taken>> taken_after(Journal& journal, const Rectification& ticket,
                                         std::uint64_t seq, bool first) {
  JournalQuery query;
  query.subject = ticket.subject;
  query.attribute = ticket.attribute;
  query.after = seq;
  std::optional<Taken> taken;
  auto read = journal.query(
      query, [&](const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
        if (record.type != AuditType::intent || !outcome ||
            outcome->outcome != to_string(Outcome::applied) || (first && taken))
          return;
        taken = Taken{outcome->time, record.run};
      });
  if (!read) return read.error();
  return taken;
}

/// When the directory took the correction: by a change since the deliveries brought it, or, seen
/// without the contested value, by the last one before, or by other hands than ours.
Result<std::optional<Taken>> reflection_of(Journal& journal, const Rectification& ticket,
                                           const RectificationSight* sight) {
  auto taken = taken_after(journal, ticket, ticket.corrected_seq, true);
  if (!taken || *taken || sight == nullptr || !is_reflected_in(ticket, *sight)) return taken;
  taken = taken_after(journal, ticket, ticket.opened_seq, false);
  if (taken && !*taken) *taken = Taken{now_rfc3339(), ""};
  return taken;
}

std::string reflection_text(const Taken& taken) {
  return taken.run.empty() ? "found taken by the directory"
                           : "taken by the directory at " + taken.at + " in run " + taken.run;
}

/// Tickets that change, with the record of each.
class Steps {
 public:
  Steps(Journal& journal, Ledger& ledger, const Cause& cause)
      : journal_(journal), ledger_(ledger), cause_(cause) {}

  void remove(const Rectification& ticket, const std::string& why) {
    removed_.push_back(ticket.number);
    records_.push_back(
        ticket_record(AuditType::rectification, ticket, cause_, "removed: " + why, {}));
  }
  void correct(const Rectification& ticket, const RectificationSight& sight, Date day) {
    change(corrected(ticket, sight, day, cause_.run),
           "corrected: another value in " + told(sight.place), sight.place);
  }
  void reopen(const Rectification& ticket, const RectificationSight& sight, Date day) {
    change(reopened(ticket, sight, day),
           "reopened: the contested value is back in " + told(sight.place), sight.place);
  }
  void hand_over(const Rectification& ticket, const RectificationSight& sight) {
    Rectification there = handed_over(ticket, sight);
    const std::string what =
        "handed over to school " + there.school + ": the person left " + ticket.school;
    change(std::move(there), what, sight.place);
  }
  void reflect(Rectification ticket, const Taken& taken) {
    ticket.reflected_at = taken.at;
    ticket.reflected_run = taken.run;
    const DeliveredPlace place = ticket.correction;
    change(std::move(ticket), reflection_text(taken), place);
  }

  Result<void> keep() {
    if (records_.empty() && changes_.empty()) return {};
    const std::size_t first_change = removed_.size();
    // Those that are removed come first: the others know their records by number.
    std::vector<AuditRecord> records = std::move(records_);
    std::ranges::move(changes_, std::back_inserter(records));
    const auto seq = journal_.append(std::move(records));
    if (!seq) return seq.error();
    for (std::size_t i = 0; i < changed_.size(); ++i) {
      Rectification& ticket = changed_[i];
      const std::uint64_t own = *seq + first_change + i;
      if (ticket.state == RectificationState::reopened) ticket.opened_seq = own;
      if (is_unreflected(ticket)) ticket.corrected_seq = own;
    }
    if (auto kept = ledger_.set_rectifications(changed_); !kept) return kept;
    return ledger_.remove_rectifications(removed_);
  }

 private:
  void change(Rectification ticket, const std::string& what, const DeliveredPlace& place) {
    ticket.changed_at = now_rfc3339();
    changes_.push_back(ticket_record(AuditType::rectification, ticket, cause_, what, place));
    changed_.push_back(std::move(ticket));
  }

  Journal& journal_;
  Ledger& ledger_;
  const Cause& cause_;
  std::vector<AuditRecord> records_;  ///< of those that are removed
  std::vector<AuditRecord> changes_;
  std::vector<std::uint64_t> removed_;
  std::vector<Rectification> changed_;
};

/// No message goes out about somebody who died.
Result<std::set<std::string>> subjects_who_died(Ledger& ledger) {
  const auto entries = ledger.register_entries();
  if (!entries) return entries.error();
  std::set<std::string> subjects;
  for (const RegisterEntry& entry : *entries)
    if (entry.which == Register::death && entry.state == RegisterState::active)
      subjects.insert(entry.subject);
  return subjects;
}

std::string numbers_of(const std::vector<const Rectification*>& tickets) {
  std::string text;
  for (const Rectification* ticket : tickets)
    text += (text.empty() ? "" : ", ") + std::to_string(ticket->number);
  return text;
}

}  // namespace

AuditRecord ticket_record(AuditType type, const Rectification& ticket, const Cause& cause,
                          const std::string& what, const DeliveredPlace& place) {
  AuditRecord record = event_record(
      type, cause,
      "rectification " + std::to_string(ticket.number) + " of " + ticket.attribute + " " + what);
  record.subject = ticket.subject;
  record.schools = {ticket.school};
  AttributeTrace trace;
  trace.attribute = ticket.attribute;
  trace.file = place.file;
  trace.line = place.line;
  record.attributes.push_back(std::move(trace));
  return record;
}

Result<std::vector<RectificationSight>> look_at_rectifications(const PlannerInput& input,
                                                               const Deriver& deriver,
                                                               Ledger& ledger) {
  const auto tickets = ledger.rectifications();
  if (!tickets) return tickets.error();
  if (tickets->empty()) return std::vector<RectificationSight>();
  // Without the key nothing can be told; with it no digest fails.
  if (const auto key = ledger.contested_digest({}, {}, {}); !key) return key.error();
  return see_rectifications(
      input, deriver, *tickets, [&ledger](const Rectification& ticket, std::string_view value) {
        return *ledger.contested_digest(ticket.subject, ticket.attribute, value);
      });
}

Result<FollowedRectifications> follow_rectifications(
    Journal& journal, Ledger& ledger, const config::Settings& settings, const Cause& cause,
    const std::vector<RectificationSight>& sights, const std::vector<std::string>& gone, Date day) {
  FollowedRectifications followed;
  const auto tickets = ledger.rectifications();
  if (!tickets) return tickets.error();
  if (tickets->empty()) return followed;
  const std::set<std::string, std::less<>> left(gone.begin(), gone.end());
  std::map<std::uint64_t, const RectificationSight*> seen;
  for (const RectificationSight& sight : sights) seen[sight.number] = &sight;
  Steps steps(journal, ledger, cause);
  for (const Rectification& ticket : *tickets) {
    const bool is_over =
        is_finished(ticket) && ticket.since.plus_days(settings.retention.journal_days) <= day;
    if (is_over || left.contains(ticket.subject)) {
      steps.remove(ticket, is_over ? "its term is reached" : "the account is gone");
      ++followed.removed;
      continue;
    }
    const auto found = seen.find(ticket.number);
    if (found == seen.end()) continue;
    const RectificationSight& sight = *found->second;
    switch (step_of(ticket, sight)) {
      case RectificationStep::corrects:
        steps.correct(ticket, sight, day);
        ++followed.corrected;
        continue;
      case RectificationStep::reopens:
        steps.reopen(ticket, sight, day);
        ++followed.reopened;
        continue;
      case RectificationStep::none:
        break;
    }
    if (is_waiting(ticket) && is_elsewhere(ticket, sight)) {
      steps.hand_over(ticket, sight);
      ++followed.handed_over;
    }
    if (!is_unreflected(ticket)) continue;
    const auto taken = reflection_of(journal, ticket, &sight);
    if (!taken) return taken.error();
    if (!*taken) continue;
    steps.reflect(ticket, **taken);
    ++followed.reflected;
  }
  if (auto kept = steps.keep(); !kept) return kept.error();
  return followed;
}

Result<std::uint64_t> note_reflections(Journal& journal, Ledger& ledger, const Cause& cause) {
  const auto tickets = ledger.rectifications();
  if (!tickets) return tickets.error();
  std::uint64_t noted = 0;
  Steps steps(journal, ledger, cause);
  for (const Rectification& ticket : *tickets) {
    if (!is_unreflected(ticket)) continue;
    const auto taken = reflection_of(journal, ticket, nullptr);
    if (!taken) return taken.error();
    if (!*taken) continue;
    steps.reflect(ticket, **taken);
    ++noted;
  }
  if (auto kept = steps.keep(); !kept) return kept.error();
  return noted;
}

Result<void> tell_ages(Ledger& ledger, Log& log, RunReport& report, Date day) {
  const auto tickets = ledger.rectifications();
  if (!tickets) return tickets.error();
  const auto dead = subjects_who_died(ledger);
  if (!dead) return dead.error();
  std::vector<Rectification> reminded;
  std::map<std::pair<std::string, Ageing>, std::vector<const Rectification*>> reminders;
  std::map<std::string, std::vector<const Rectification*>> overdue;
  for (const Rectification& ticket : *tickets) {
    if (dead->contains(ticket.subject)) continue;
    const Ageing ageing = ageing_of(ticket, day);
    if (ageing == Ageing::overdue) overdue[ticket.school].push_back(&ticket);
    if (ageing <= ticket.reminded) continue;
    reminders[{ticket.school, ageing}].push_back(&ticket);
    reminded.push_back(ticket);
    reminded.back().reminded = ageing;
  }
  for (const auto& [about, those] : reminders) {
    report.rectifications.push_back("school " + about.first + ": " +
                                    std::string(to_string(about.second)) + " of rectification " +
                                    numbers_of(those));
    log.warning("RUN-074", report.rectifications.back());
  }
  for (const auto& [school, those] : overdue)
    log.warning("RUN-075", "school " + school + ": rectification " + numbers_of(those) +
                               " is overdue, " + std::to_string(those.size()) + " in all");
  return ledger.set_rectifications(reminded);
}

}  // namespace entsync
