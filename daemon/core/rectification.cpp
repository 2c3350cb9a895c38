#include "rectification.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace entsync {
namespace {

constexpr std::array all_rectification_states{
    RectificationState::open, RectificationState::corrected, RectificationState::reopened,
    RectificationState::closed};
constexpr std::array all_ageings{Ageing::fresh, Ageing::first_reminder, Ageing::second_reminder,
                                 Ageing::overdue};

/// Whether the contested value, or that there is none, is what these digests say.
bool is_contested(const Rectification& ticket, const std::vector<std::string>& digests) {
  if (ticket.contested.empty()) return digests.empty();
  return std::ranges::find(digests, ticket.contested) != digests.end();
}

}  // namespace

std::string_view to_string(RectificationState state) {
  switch (state) {
    case RectificationState::open:
      return "open";
    case RectificationState::corrected:
      return "corrected";
    case RectificationState::reopened:
      return "reopened";
    case RectificationState::closed:
      return "closed";
  }
  return "?";
}

std::optional<RectificationState> parse_rectification_state(std::string_view name) {
  for (const RectificationState state : all_rectification_states)
    if (to_string(state) == name) return state;
  return std::nullopt;
}

std::string_view to_string(Ageing ageing) {
  switch (ageing) {
    case Ageing::fresh:
      return "fresh";
    case Ageing::first_reminder:
      return "first reminder";
    case Ageing::second_reminder:
      return "second reminder";
    case Ageing::overdue:
      return "overdue";
  }
  return "?";
}

std::optional<Ageing> parse_ageing(std::string_view name) {
  for (const Ageing ageing : all_ageings)
    if (to_string(ageing) == name) return ageing;
  return std::nullopt;
}

std::string DeliveredPlace::str() const {
  return file.empty() ? std::string() : file + ":" + std::to_string(line);
}

bool is_waiting(const Rectification& ticket) {
  return ticket.state == RectificationState::open || ticket.state == RectificationState::reopened;
}

bool is_unreflected(const Rectification& ticket) {
  return ticket.state == RectificationState::corrected && ticket.reflected_at.empty();
}

bool is_finished(const Rectification& ticket) {
  return !is_waiting(ticket) && !is_unreflected(ticket);
}

Date aged_from(const Rectification& ticket) {
  return ticket.state == RectificationState::reopened ? ticket.since : ticket.received;
}

long age_of(const Rectification& ticket, Date day) {
  return is_waiting(ticket) ? std::max(0L, day.days_since(aged_from(ticket))) : 0;
}

Ageing ageing_of(const Rectification& ticket, Date day) {
  const long age = age_of(ticket, day);
  if (age >= overdue_days) return Ageing::overdue;
  if (age >= second_reminder_days) return Ageing::second_reminder;
  return age >= first_reminder_days ? Ageing::first_reminder : Ageing::fresh;
}

Date correction_due(const Rectification& ticket) {
  return aged_from(ticket).plus_days(overdue_days - 1);
}

RectificationStep step_of(const Rectification& ticket, const RectificationSight& sight) {
  if (!sight.is_delivered || ticket.state == RectificationState::closed)
    return RectificationStep::none;
  const bool contested = is_contested(ticket, sight.delivered);
  if (is_waiting(ticket) && !contested) return RectificationStep::corrects;
  if (ticket.state == RectificationState::corrected && contested) return RectificationStep::reopens;
  return RectificationStep::none;
}

bool is_reflected_in(const Rectification& ticket, const RectificationSight& sight) {
  return is_unreflected(ticket) && sight.is_held && !is_contested(ticket, sight.held);
}

bool is_elsewhere(const Rectification& ticket, const RectificationSight& sight) {
  return sight.is_delivered && !sight.schools.empty() &&
         std::ranges::find(sight.schools, ticket.school) == sight.schools.end();
}

Rectification corrected(Rectification ticket, const RectificationSight& sight, Date day,
                        std::string run) {
  ticket.state = RectificationState::corrected;
  ticket.since = day;
  ticket.correction = sight.place;
  ticket.corrected_run = std::move(run);
  ticket.reflected_at.clear();
  ticket.reflected_run.clear();
  ticket.reminded = Ageing::fresh;
  return ticket;
}

Rectification reopened(Rectification ticket, const RectificationSight& sight, Date day) {
  ticket.state = RectificationState::reopened;
  ticket.since = day;
  ticket.source = sight.place;
  ticket.correction = {};
  ticket.corrected_run.clear();
  ticket.corrected_seq = 0;
  ticket.reflected_at.clear();
  ticket.reflected_run.clear();
  ticket.reminded = Ageing::fresh;
  return is_elsewhere(ticket, sight) ? handed_over(std::move(ticket), sight) : ticket;
}

Rectification handed_over(Rectification ticket, const RectificationSight& sight) {
  ticket.school = sight.schools.front();
  ticket.reminded = Ageing::fresh;
  return ticket;
}

std::vector<RectificationsOfSchool> by_school(const std::vector<Rectification>& tickets, Date day) {
  std::map<std::string, RectificationsOfSchool> schools;
  for (const Rectification& ticket : tickets) {
    if (is_finished(ticket)) continue;
    RectificationsOfSchool& of = schools[ticket.school];
    of.school = ticket.school;
    if (is_unreflected(ticket)) {
      ++of.unreflected;
      continue;
    }
    ++of.waiting;
    of.oldest = std::max(of.oldest, age_of(ticket, day));
    const Ageing ageing = ageing_of(ticket, day);
    if (ageing == Ageing::first_reminder) ++of.first_reminder;
    if (ageing == Ageing::second_reminder) ++of.second_reminder;
    if (ageing == Ageing::overdue) ++of.overdue;
  }
  std::vector<RectificationsOfSchool> rows;
  for (auto& [_, row] : schools) rows.push_back(std::move(row));
  return rows;
}

}  // namespace entsync
