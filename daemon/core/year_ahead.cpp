#include "year_ahead.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace entsync {
namespace {

/// Everybody who is not present, with the marks that his entry would bear.
class Simulation {
 public:
  explicit Simulation(const PlannerInput& input) : in_(input) {
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
      if (in_.snapshot.entry(e).branch() != Branch::people || !in_.matched.key_of(e) ||
          in_.matched.is_restricted(e))
        continue;
      if (const auto end = end_by_request(e))
        accounts_.push_back({e, {}, end});  // what it bears of an earlier end goes tonight
      else if (unfrozen().presence(e) != Presence::present)
        accounts_.push_back({e, marks_of(in_.snapshot.entry(e), in_.rules), {}});
    }
  }

  /// One night's run.
  std::vector<DueAccount> night(Date day) {
    std::vector<Date> today;
    for (FeedIndex f = 0; f < in_.population.feed_count(); ++f)
      today.push_back(std::max(in_.population.feed(f).date(), day));
    const Absences& absences = absences_of(frozen_feeds(in_.population, in_.absence, today));
    std::vector<DueAccount> due;
    for (Account& account : accounts_) act(account, absences, today, due);
    return due;
  }

 private:
  struct Account {
    EntryIndex entry = no_entry;
    AccountMarks marks;
    std::optional<Date> end_by_request;
    bool is_deleted = false;
    bool is_listed = false;  ///< as undecided
  };

  /// The day on which the account of somebody who is there is to end by his requests.
  [[nodiscard]] std::optional<Date> end_by_request(EntryIndex e) const {
    if (in_.matched.status(e) != EntryStatus::matched) return std::nullopt;
    const EntryKey key = *in_.matched.key_of(e);
    const Requested* requested = in_.population.feed(key.feed).requested(key.id);
    if (requested == nullptr || requested->has_ended) return std::nullopt;
    return requested->end;
  }

  [[nodiscard]] std::optional<AccountDue> due_by_request(const Account& account,
                                                         std::span<const Date> today) const {
    const Date day = today[in_.matched.key_of(account.entry)->feed];
    if (day < *account.end_by_request) return std::nullopt;
    return due_for(Presence::absent, account.marks, Profil::collectivite, *account.end_by_request,
                   day, in_.absence);
  }

  /// A freeze keeps only those whose clock does not run yet; the snapshot cannot know who was dated
  /// on paper.
  const Absences& unfrozen() {
    return absences_of(std::vector<bool>(in_.population.feed_count(), false));
  }

  const Absences& absences_of(const std::vector<bool>& is_frozen) {
    const auto known = absences_.find(is_frozen);
    if (known != absences_.end()) return known->second;
    return absences_
        .emplace(is_frozen, Absences::decide(in_.population, in_.matched, in_.snapshot, in_.rules,
                                             in_.registry, is_frozen, in_.absences.rollover()))
        .first->second;
  }

  void act(Account& account, const Absences& absences, std::span<const Date> today,
           std::vector<DueAccount>& out) {
    if (account.is_deleted) return;
    AccountMarks& marks = account.marks;
    const Absences& telling = marks.since ? unfrozen() : absences;
    const auto due = account.end_by_request
                         ? due_by_request(account, today)
                         : due_of(account.entry, telling, marks, in_.population, in_.matched,
                                  in_.snapshot, in_.rules, in_.absence, today);
    if (!due) return;
    const auto tell = [&](AccountStep step) { out.push_back(told(account.entry, step, *due)); };
    if (due->overdue || due->unconfirmed) {
      if (!account.is_listed) tell(AccountStep::undecided);
      account.is_listed = true;
    }
    if (due->in_doubt) return;
    if (due->write_since) tell(AccountStep::absent);
    if (due->suspend) tell(AccountStep::suspended);
    if (due->erase) tell(AccountStep::deleted);
    if (due->write_since) marks.since = due->since;
    if (due->write_end) marks.end = due->end;
    marks.has_state = marks.has_state || due->suspend;
    account.is_deleted = due->erase;
  }

  DueAccount told(EntryIndex e, AccountStep step, const AccountDue& due) {
    const auto key = *in_.matched.key_of(e);
    DueAccount account;
    account.step = step;
    account.subject =
        Jointure{in_.population.feed(key.feed).academie(), key.category, std::string(key.id)}.str();
    account.profil = due.profil;
    account.since = due.since;
    account.end = due.end;
    add_schools(e, account.schools);
    std::vector<std::string_view> pupils;
    in_.snapshot.entry(e).values_of(in_.rules.names.responsable_pupils, pupils);
    for (const std::string_view dn : pupils)
      if (const EntryIndex pupil = in_.snapshot.find(dn); pupil != no_entry)
        add_schools(pupil, account.schools);
    std::ranges::sort(account.schools);
    account.schools.erase(std::unique(account.schools.begin(), account.schools.end()),
                          account.schools.end());
    return account;
  }

  void add_schools(EntryIndex e, std::vector<std::string>& uais) {
    schools_of_entry(in_.snapshot.entry(e), in_.snapshot, in_.rules, schools_);
    for (const EntryIndex school : schools_)
      if (const auto uai = in_.snapshot.entry(school).first(in_.rules.names.uai); !uai.empty())
        uais.emplace_back(uai);
  }

  const PlannerInput& in_;
  std::map<std::vector<bool>, Absences> absences_;
  std::vector<Account> accounts_;
  std::vector<EntryIndex> schools_;
};

using Calendar = std::map<Date, std::vector<CalendarEvent>>;

void add_windows(Calendar& calendar, const DayWindows& windows, const std::string& name, Date from,
                 Date to) {
  for (const auto& [academie, list] : windows)
    for (const SeasonDays& window : list)
      for (Date day = from; day <= to; day = day.plus_days(1)) {
        if (!window.contains(day)) continue;
        if (!window.contains(day.plus_days(-1)))
          calendar[day].push_back({academie, "first day of a " + name});
        if (!window.contains(day.plus_days(1)))
          calendar[day].push_back({academie, "last day of a " + name});
      }
}

Calendar calendar_of(const AbsenceSettings& settings, const Registry& registry, Date from,
                     Date to) {
  Calendar calendar;
  add_windows(calendar, settings.freezes_of_academie, "freeze", from, to);
  add_windows(calendar, settings.rollovers_of_academie, "roll-over", from, to);
  for (const auto& [uai, ecole] : registry.ecoles()) {
    const bool ends =
        ecole.etat == EtatConvention::resiliee || ecole.etat == EtatConvention::retiree;
    if (ends && ecole.etat_le)
      calendar[*ecole.etat_le].push_back(
          {uai.str(), "the agreement ends: with a delivery of this day its people are absent"});
    if (ends || !ecole.fin_le) continue;
    calendar[*ecole.fin_le].push_back(
        {uai.str(), "the term of the agreement: its accounts are kept until somebody ends it"});
    calendar[*registry.grace_until(ecole)].push_back(
        {uai.str(), "the last day of grace: from now on it is served without an agreement"});
  }
  return calendar;
}

/// How many accounts of requests come near their end on which day; no key, for counts are shown
/// without a trace.
void add_reminders(Calendar& calendar, const Population& population, unsigned days) {
  std::map<std::pair<std::string, Date>, std::uint64_t> counts;
  for (const Person& person : population.persons()) {
    const Feed& feed = population.feed(person.feed);
    if (const Requested* requested = feed.requested(person.record.id()))
      ++counts[{feed.academie(), requested->end}];
  }
  for (const auto& [which, count] : counts)
    calendar[which.second.plus_days(-static_cast<long>(days))].push_back(
        {which.first, "reminder: accounts of requests that end on " + which.second.iso() + ": " +
                          std::to_string(count)});
}

}  // namespace

std::string_view to_string(AccountStep step) {
  switch (step) {
    case AccountStep::absent:
      return "absent";
    case AccountStep::suspended:
      return "suspended";
    case AccountStep::deleted:
      return "deleted";
    case AccountStep::undecided:
      return "undecided";
  }
  return "?";
}

std::vector<YearDay> year_ahead(const PlannerInput& input, Date today, Date from, Date to,
                                unsigned reminder_days) {
  Simulation simulation(input);
  Calendar calendar = calendar_of(input.absence, input.registry, from, to);
  add_reminders(calendar, input.population, reminder_days);
  std::vector<YearDay> days;
  for (Date day = std::min(today, from); day <= to; day = day.plus_days(1)) {
    YearDay told{day, {}, simulation.night(day)};
    if (day < from) continue;
    if (const auto events = calendar.find(day); events != calendar.end())
      told.events = std::move(events->second);
    std::ranges::stable_sort(told.accounts, {}, &DueAccount::step);
    if (!told.events.empty() || !told.accounts.empty()) days.push_back(std::move(told));
  }
  return days;
}

}  // namespace entsync
