#pragma once
/// What every command works with: the configuration, the log, the progress display, the loop and
/// the workers. One io_context, run by the main thread, owns all state; workers get values and give
/// values.
///
/// Work beside a run that is under way has a context of its own: the same loop, log and store, but
/// copies of what a run learns into – rules, progress – and workers of its own. So neither waits
/// for the other, and neither changes under the other's hands.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/load_settings.hpp"
#include "connectors/ldap/directory.hpp"
#include "core/stop_mode.hpp"
#include "log.hpp"
#include "progress.hpp"
#include "room.hpp"

namespace entsync {

class Journal;

/// Thrown out of a long computation when the operator asked to stop.
struct Stopped {};
/// What is then told; `applied` is the number of changes that were made before.
Problem stopped_early(std::uint64_t applied = 0);

class Context {
 private:
  // First of all: what others refer to dies last.
  std::unique_ptr<Log> own_log_;
  std::unique_ptr<boost::asio::io_context> own_loop_;

 public:
  struct Beside {};

  Context(config::Configuration configuration, Log log, Progress::Form form);
  /// For work beside what `main` does; it ends before `main` does, and stops when `main` is
  /// stopped.
  Context(Context& main, Beside);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  config::Configuration config;
  Log& log;
  Progress progress;
  boost::asio::io_context& loop;
  /// CPU work and connecting. Joined before the loop dies.
  boost::asio::thread_pool workers{2};

 private:
  std::unique_ptr<boost::asio::thread_pool> own_store_;

 public:
  /// The journal and the ledger: one thread keeps their order.
  boost::asio::thread_pool& store;
  /// Somebody asked the program to end (request_stop); read by workers.
  std::atomic<bool> stop_requested{false};
  /// Somebody asked to end the run at hand, not the program; read by workers, cleared by the next
  /// run.
  std::atomic<bool> cancel_requested{false};
  /// What a stop does beside that, on the loop: set while changes are being applied.
  std::function<void(StopMode)> on_stop;
  /// The journal while a run has it open; others who have something to record use it then.
  Journal* journal = nullptr;
  /// Ends the sleep between two runs: set while the daemon waits.
  std::function<void()> wake;
  /// Where a whole run lets others work beside it.
  Room room{loop};

  /// The context of the program, which this one is beside of; else this one.
  [[nodiscard]] Context& main() { return main_ == nullptr ? *this : *main_; }

  /// Asks the program to end in this way, or in a harder one than was asked for before; to be
  /// called on the loop. A way that takes too long becomes a harder one ([service]
  /// stop_limit_seconds).
  void request_stop(StopMode mode);
  /// Asks to end the run at hand: changes in flight are finished. To be called on the loop.
  void cancel();
  /// The hardest way that was asked for; nothing: go on.
  [[nodiscard]] std::optional<StopMode> stop_mode() const { return stop_mode_; }

  void throw_if_stopped() const {
    if (stop_requested || cancel_requested) throw Stopped{};
  }

 private:
  void limit_stop();

  Context* main_ = nullptr;
  std::vector<Context*> beside_;
  std::optional<StopMode> stop_mode_;
  std::chrono::steady_clock::time_point stop_asked_;
  boost::asio::steady_timer stop_timer_{loop};
};

/// The connection that the settings describe.
ldap::ConnectOptions connect_options(const config::Ldap& settings, Log& log);

}  // namespace entsync
