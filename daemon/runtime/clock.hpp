#pragma once
/// The one clock of a process: schedule, inbox, retention, names of runs and records of the journal
/// all ask it. It is the machine's, unless a test put one of its own in its place before anything
/// asked. What measures how long something takes, or bounds a wait for somebody else's answer, is
/// no matter of the clock and stays with steady timers.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace entsync {

class Clock {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
  /// Since any moment, on a clock that is never set.
  [[nodiscard]] virtual std::chrono::nanoseconds steady() const = 0;
  /// Waits until `time`, but no longer than it takes to notice that the clock was set, and not
  /// after `timer` was cancelled: whoever waits looks at the clock again.
  virtual boost::asio::awaitable<void> wait(boost::asio::steady_timer& timer, Time time) = 0;
};

Clock& process_clock();

/// Puts `clock` in the place of the machine's, which comes back with nullptr.
void use_clock(Clock* clock);

}  // namespace entsync
