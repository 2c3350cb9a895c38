#pragma once
/// The daemon's service in this process, under a clock that the test controls, with a real slapd,
/// real deliveries of an invented region that arrive in its inbox, and an alert command that really
/// runs. A service can be ended and started again on the same state, as a machine is.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/service.hpp"
#include "support/controlled_clock.hpp"
#include "support/folder.hpp"
#include "support/slapd.hpp"

namespace entsync::test {

using std::chrono::sys_seconds;

/// A moment in UTC: utc(2026, 3, 29, 1, 0).
sys_seconds utc(int year, unsigned month, unsigned day, int hour, int minute, int second = 0);

class ServiceScene {
 public:
  /// Makes a region of one school; `schedule` is the content of [schedule].
  ServiceScene(sys_seconds start, const std::string& schedule);
  ~ServiceScene();
  ServiceScene(const ServiceScene&) = delete;
  ServiceScene& operator=(const ServiceScene&) = delete;

  /// Starts the service and waits until it waits.
  void start();
  void stop(StopMode mode = StopMode::normal);

  /// Runs the loop until `is_met`; fails the test, fatally for the program, after a minute.
  void run_until(const std::function<bool()>& is_met);
  /// Runs the loop for a moment in which nothing is expected to happen.
  void run_a_moment();

  /// A delivery of this day, the first of the day of the start, later ones of the nights after it.
  /// It is in the store when this returns, some minutes later.
  void deliver(sys_seconds day);
  /// Puts it into the inbox and leaves the rest to the service.
  void drop(sys_seconds day);

  /// Sets the clock to `time` and waits until a further run has ended and the service waits again.
  void run_at(sys_seconds time);

  [[nodiscard]] std::vector<std::string> runs() const;  ///< ids, in order
  [[nodiscard]] std::string log() const;
  [[nodiscard]] int said(const std::string& code) const;  ///< how often the log holds it
  [[nodiscard]] std::string alerts() const;
  [[nodiscard]] std::filesystem::path state() const { return folder_.path() / "state"; }
  [[nodiscard]] std::filesystem::path accepted() const { return state() / "deliveries" / code; }

  ControlledClock clock;
  static constexpr const char* code = "AC-TOULOUSE";

 private:
  void write_configuration(const std::string& schedule);
  void generate(sys_seconds day);

  Folder folder_;
  Slapd slapd_;
  ServiceNotifier notifier_;
  std::unique_ptr<Context> context_;
  bool ended_ = true;
  bool first_is_made_ = true;
  int nights_ = -1;
};

}  // namespace entsync::test
