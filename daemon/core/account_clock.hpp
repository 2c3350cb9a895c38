#pragma once
/// The one clock of an account's end: present → absent → suspended → deleted. It starts at the loss
/// of entitlement, its end is fixed then and stands on the entry, and it says for one account and
/// one day what is due. Who returns is taken off it by the planner; who cannot be told present or
/// absent is left where he stands: his end does not move, and nobody is suspended or deleted on
/// doubt.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absence.hpp"
#include "category.hpp"
#include "date.hpp"
#include "day_window.hpp"
#include "person_registers.hpp"

namespace entsync {

/// Days counted from the loss of entitlement.
struct Delays {
  unsigned suspend_after_days = 0;
  unsigned delete_after_days = 90;
  bool operator==(const Delays&) const = default;
};

struct AbsenceSettings {
  bool suspend = true;  ///< set the account state of the rules, and cut the links of the source
  bool erase = true;    ///< delete accounts whose end is reached
  Delays delays;
  std::map<Profil, Delays> delays_of_profil;
  /// Why accounts are kept longer than the law allows without one; empty: they are not.
  std::string justification;
  /// Today is the day of the delivery, not that of the clock on the wall.
  bool by_delivery_day = false;
  /// Days in which nobody becomes absent.
  DayWindows freezes_of_academie;
  /// Days of the roll-over of the school year (rollover.hpp).
  DayWindows rollovers_of_academie;

  [[nodiscard]] bool is_frozen(std::string_view academie, Date day) const {
    return is_inside(freezes_of_academie, academie, day);
  }
  [[nodiscard]] const Delays& delays_of(Profil profil) const;
  bool operator==(const AbsenceSettings&) const = default;
};

/// Longest delay that needs no justification; the three months of the law end it too, where they
/// are shorter (arrêté of 30 November 2006, art. 6).
inline constexpr unsigned longest_delay_days = 90;
inline constexpr int longest_delay_months = 3;

/// The end that a loss of entitlement fixes.
Date end_of_account(Date since, Profil profil, const AbsenceSettings& settings);

/// What an entry says of its own end.
struct AccountMarks {
  std::optional<Date> since;  ///< loss of entitlement
  std::optional<Date> end;    ///< day from which the account is to be deleted
  bool has_state = false;     ///< an account state stands there, whoever set it
};

/// What is due for one account. `since` and `end` are those that the entry has, or gets today.
struct AccountDue {
  Profil profil = Profil::eleve;
  Date since;
  Date end;
  bool write_since = false;
  bool write_end = false;
  bool suspend = false;  ///< today the account gets the state of the rules
  bool cut = false;      ///< suspended: links of source origin are not his any more
  bool erase = false;
  bool in_doubt = false;     ///< dated by an earlier run, and not to be told absent now
  bool overdue = false;      ///< in doubt, and the end has passed: a person has to decide
  bool unconfirmed = false;  ///< the end has passed, and two people have to confirm the deletion
};

/// `loss` is the day from which the source no longer knows the person. Nothing is due for somebody
/// who is present, or of whom nothing was ever certain.
std::optional<AccountDue> due_for(Presence presence, const AccountMarks& marks, Profil profil,
                                  Date loss, Date today, const AbsenceSettings& settings);

/// What a death changes of it: the account is suspended at once, whatever the delays, and is only
/// deleted when that was confirmed.
void end_by_death(AccountDue& due, const AccountMarks& marks, Deletion deletion);

}  // namespace entsync
