#include "account_clock.hpp"

#include <algorithm>

namespace entsync {
namespace {

Date latest_end(Date since) {
  return since.plus_months(longest_delay_months);
}

/// The end that stands on the entry: a later configuration does not move it, and a hand does not
/// move it past what is allowed.
Date fixed_end(Date since, Date end, const AbsenceSettings& settings) {
  return settings.justification.empty() ? std::min(end, latest_end(since)) : end;
}

}  // namespace

Date end_of_account(Date since, Profil profil, const AbsenceSettings& settings) {
  const Date end = since.plus_days(settings.delays_of(profil).delete_after_days);
  return settings.justification.empty() ? std::min(end, latest_end(since)) : end;
}

const Delays& AbsenceSettings::delays_of(Profil profil) const {
  const auto found = delays_of_profil.find(profil);
  return found == delays_of_profil.end() ? delays : found->second;
}

std::optional<AccountDue> due_for(Presence presence, const AccountMarks& marks, Profil profil,
                                  Date loss, Date today, const AbsenceSettings& settings) {
  if (presence == Presence::present) return std::nullopt;
  const bool is_dated = marks.since.has_value();
  if (presence != Presence::absent && !is_dated) return std::nullopt;
  AccountDue due;
  due.profil = profil;
  due.since = marks.since.value_or(loss);
  due.end = marks.end ? fixed_end(due.since, *marks.end, settings)
                      : end_of_account(due.since, profil, settings);
  if (presence != Presence::absent) {
    due.in_doubt = true;
    due.overdue = settings.erase && today >= due.end;
    return due;
  }
  due.write_since = !is_dated;
  due.write_end = settings.erase && !marks.end;
  due.cut = settings.suspend &&
            today >= due.since.plus_days(settings.delays_of(profil).suspend_after_days);
  due.suspend = due.cut && !marks.has_state;
  // Announced on the entry by an earlier run, and suspended by one: no account goes in one night.
  due.erase = settings.erase && is_dated && marks.end && today >= due.end && !due.suspend;
  due.cut = due.cut || due.erase;
  return due;
}

void end_by_death(AccountDue& due, const AccountMarks& marks, Deletion deletion) {
  due.cut = true;
  due.suspend = !marks.has_state;
  due.erase = due.erase && !due.suspend;
  due.write_end = due.write_end && deletion != Deletion::kept;
  due.unconfirmed = due.erase && deletion == Deletion::unconfirmed;
  due.erase = due.erase && deletion == Deletion::confirmed;
}

}  // namespace entsync
