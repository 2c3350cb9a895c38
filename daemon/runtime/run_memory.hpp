#pragma once
/// What the daemon remembers of its runs from one start to the next, in small files of the state
/// directory: when the schedule last started one, when the last one began that came to its end, and
/// whether one was cut off by a stop or a crash, so that it can be made up. A disk that is full
/// must not start the same run again: the last start is kept in memory too.

#include <chrono>
#include <filesystem>
#include <optional>

#include "core/problem.hpp"

namespace entsync {

class RunMemory {
 public:
  explicit RunMemory(std::filesystem::path state_directory);

  /// The last time that a whole run was started; at the first start of a daemon, `present`.
  std::chrono::sys_seconds last_start(std::chrono::sys_seconds present, Problems& problems);

  /// A whole run begins.
  [[nodiscard]] Problems begin(std::chrono::sys_seconds time);
  /// It came to its end, whatever that was.
  [[nodiscard]] Problems end();
  /// A stop cut it off: it will be made up, however often that happens.
  [[nodiscard]] Problems cut_off();

  /// Whether a run is to be made up that never came to its end. One that crashes again and again is
  /// not for ever: each start would only crash anew.
  [[nodiscard]] bool was_cut_off() const;

  /// When the last run began that came to its end: what arrived later than that no run has seen.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> last_run() const;

 private:
  [[nodiscard]] int attempts() const;

  std::filesystem::path last_start_;
  std::filesystem::path last_run_;
  std::filesystem::path unfinished_;
  std::optional<std::chrono::sys_seconds> started_;
};

}  // namespace entsync
