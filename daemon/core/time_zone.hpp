#pragma once
/// A time zone of the IANA database, as far as a schedule needs it: what the clock on the wall says
/// at an instant, and when it shows a given time. Twice a year it has an odd night: an hour that
/// does not exist begins when the clock has jumped over it, an hour that exists twice is its first.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace entsync {

class TimeZone {
 public:
  /// The zone named `id`, e.g. "Europe/Paris"; nothing when the database has none of that name.
  static std::optional<TimeZone> named(const std::string& id);

  /// What the clock on the wall says.
  [[nodiscard]] std::chrono::local_seconds local(std::chrono::sys_seconds instant) const;

  /// The first instant at which the clock on the wall says `time` or, when it never does, more.
  [[nodiscard]] std::chrono::sys_seconds first_instant(std::chrono::local_seconds time) const;

  /// `instant` for people who live there: "Wed 2026-11-25 02:30:00".
  [[nodiscard]] std::string text(std::chrono::sys_seconds instant) const;

 private:
  struct Close {
    void operator()(void* calendar) const;
  };
  explicit TimeZone(void* calendar) : calendar_(calendar) {}

  /// ICU's UCalendar: it computes in place, so one TimeZone belongs to one thread.
  std::unique_ptr<void, Close> calendar_;
};

}  // namespace entsync
