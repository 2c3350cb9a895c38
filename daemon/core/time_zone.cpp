#include "time_zone.hpp"

#include <unicode/ucal.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace entsync {
namespace {

/// ICU fails here only without its data or memory.
void require(UErrorCode status) {
  if (U_FAILURE(status) != 0) throw std::runtime_error(u_errorName(status));
}

std::u16string utf16(const std::string& ascii) {
  return {ascii.begin(), ascii.end()};
}

}  // namespace

void TimeZone::Close::operator()(void* calendar) const {
  ucal_close(static_cast<UCalendar*>(calendar));
}

std::optional<TimeZone> TimeZone::named(const std::string& id) {
  const std::u16string wanted = utf16(id);
  UErrorCode status = U_ZERO_ERROR;
  char16_t canonical[64];
  UBool is_system = 0;
  ucal_getCanonicalTimeZoneID(wanted.data(), static_cast<int>(wanted.size()), canonical, 64,
                              &is_system, &status);
  if (U_FAILURE(status) != 0 || is_system == 0) return std::nullopt;
  status = U_ZERO_ERROR;
  UCalendar* calendar =
      ucal_open(wanted.data(), static_cast<int>(wanted.size()), "en", UCAL_GREGORIAN, &status);
  require(status);
  ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
  ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
  return TimeZone(calendar);
}

std::chrono::local_seconds TimeZone::local(std::chrono::sys_seconds instant) const {
  auto* calendar = static_cast<UCalendar*>(calendar_.get());
  UErrorCode status = U_ZERO_ERROR;
  ucal_setMillis(calendar, static_cast<double>(instant.time_since_epoch().count()) * 1000, &status);
  const int offset =
      ucal_get(calendar, UCAL_ZONE_OFFSET, &status) + ucal_get(calendar, UCAL_DST_OFFSET, &status);
  require(status);
  return std::chrono::local_seconds(instant.time_since_epoch() +
                                    std::chrono::seconds(offset / 1000));
}

std::chrono::sys_seconds TimeZone::first_instant(std::chrono::local_seconds time) const {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss clock(time - day);
  auto* calendar = static_cast<UCalendar*>(calendar_.get());
  UErrorCode status = U_ZERO_ERROR;
  ucal_clear(calendar);  // milliseconds
  ucal_setDateTime(calendar, static_cast<int>(ymd.year()),
                   static_cast<int>(static_cast<unsigned>(ymd.month())) - 1,
                   static_cast<int>(static_cast<unsigned>(ymd.day())),
                   static_cast<int>(clock.hours().count()),
                   static_cast<int>(clock.minutes().count()),
                   static_cast<int>(clock.seconds().count()), &status);
  const double milliseconds = ucal_getMillis(calendar, &status);
  require(status);
  return std::chrono::sys_seconds(
      std::chrono::seconds(static_cast<std::int64_t>(milliseconds / 1000)));
}

std::string TimeZone::text(std::chrono::sys_seconds instant) const {
  constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto time = local(instant);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s %04d-%02u-%02u %02d:%02d:%02d",
                weekdays[std::chrono::weekday(day).c_encoding()], static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace entsync
