#pragma once
/// The coming days on paper: who would be told absent, suspended and deleted on which day, were
/// nothing new delivered and did every night's run do all that is due, and what the calendar brings
/// – freezes, roll-overs, the ends of agreements. It uses the rules of the nightly run, from the
/// present directory on, and changes nothing. What the judge would hold, and who may come back, it
/// cannot tell.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "planner.hpp"

namespace entsync {

/// What a day does to an account.
enum class AccountStep : std::uint8_t {
  absent,  ///< dated: its end is fixed
  suspended,
  deleted,
  undecided,  ///< its end has passed, and a person has to decide
};
inline constexpr std::array all_account_steps{AccountStep::absent, AccountStep::suspended,
                                              AccountStep::deleted, AccountStep::undecided};
std::string_view to_string(AccountStep step);

struct DueAccount {
  AccountStep step = AccountStep::absent;
  std::string subject;  ///< key
  Profil profil = Profil::eleve;
  std::vector<std::string> schools;  ///< UAIs, sorted
  Date since;
  Date end;
};

/// Something of the calendar: of an académie or of a school.
struct CalendarEvent {
  std::string about;  ///< académie or UAI
  std::string what;   ///< "a freeze begins", in a few words
};

struct YearDay {
  Date date;
  std::vector<CalendarEvent> events;
  std::vector<DueAccount> accounts;
};

/// The days from `from` to `to` on which something falls, in order. What falls before `from`, from
/// `today` on, is done too, and not told. Accounts of requests are reminded of so many days before
/// their end.
std::vector<YearDay> year_ahead(const PlannerInput& input, Date today, Date from, Date to,
                                unsigned reminder_days = 30);

}  // namespace entsync
