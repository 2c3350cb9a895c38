#pragma once
/// What the control API may ask of the running daemon and tell it to do. The service implements it;
/// everything happens on its loop. One thing that writes is under way at a time, but for a part,
/// which works beside a whole run.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/stop_mode.hpp"
#include "run_end.hpp"
#include "scoped_run.hpp"
#include "synchronise.hpp"

namespace entsync {

/// A run or another thing that writes, under way.
struct Underway {
  Cause cause;
  std::chrono::sys_seconds since;
};

/// A run that has ended.
struct Ended {
  Cause cause;
  int exit_code = exit_done;
  std::string last_line;
  std::chrono::sys_seconds at;
  double seconds = 0;
};

struct ServiceView {
  std::chrono::sys_seconds since;  ///< of the daemon
  std::optional<Underway> underway;
  std::optional<Underway> beside;  ///< a part that works beside it
  std::size_t parts_waiting = 0;
  std::optional<Ended> last;
  std::optional<std::chrono::sys_seconds> next;
  std::set<std::string> arrived;  ///< académies whose deliveries no run has seen yet
};

/// RUN-072: what had to wait until the daemon ended.
Problem daemon_is_ending();

class Steering {
 public:
  virtual ~Steering() = default;
  [[nodiscard]] virtual ServiceView view() const = 0;

  /// Asks for a whole run as soon as nothing else writes; gives its id. RUN-070 when one is asked
  /// for already.
  virtual Result<std::string> ask_for_run(const std::string& actor, const std::string& reason) = 0;
  /// Ends the run with this id, which is under way or works beside it: what is in flight is
  /// finished and journaled. RUN-071 when there is none.
  virtual Result<void> cancel(const std::string& run) = 0;
  /// Ends the daemon, and before what is under way, in this way.
  virtual void stop(StopMode mode) = 0;
  /// Reads the configuration again; what is wrong with it, when it is not taken.
  virtual Problems reload() = 0;
  /// Waits until nothing else is under way; from then on this is, until the turn is let go. Null
  /// when the daemon ends first.
  using Turn = std::shared_ptr<void>;
  virtual asio::awaitable<Turn> take_turn(Cause cause) = 0;
  /// Does `work` in a turn of its own and remembers how it ended.
  virtual asio::awaitable<RunResult> alone(Cause cause,
                                           std::function<asio::awaitable<RunResult>()> work) = 0;

  /// Synchronises a part: beside the whole run that is under way, when only the part has to be
  /// read, else as soon as nothing is under way. RUN-068 when that took longer than the part waits.
  virtual asio::awaitable<RunResult> synchronise_part(ScopedRun what, Cause cause) = 0;
  /// The same without the change; everything too, as soon as nothing is under way.
  virtual asio::awaitable<DryRun> plan_part(ScopedRun what, Cause cause) = 0;
  /// A context to read with, beside whatever is under way; one at a time, for whoever reads the
  /// whole takes as much memory as a run. Null when the daemon ends first.
  virtual asio::awaitable<std::shared_ptr<Context>> read_beside() = 0;
};

}  // namespace entsync
