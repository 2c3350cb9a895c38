#pragma once
/// What the daemon tells the service manager that started it (sd_notify(3)): that it is ready, what
/// it is doing, that it stops, and that its loop still turns. Without a service manager it says
/// nothing. A datagram socket is all that takes, so libsystemd is not linked.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

class ServiceNotifier {
 public:
  /// Reads NOTIFY_SOCKET and WATCHDOG_USEC.
  ServiceNotifier();

  /// E.g. "READY=1\nSTATUS=…". Never fails: a service manager that is gone is no reason to stop.
  void send(std::string_view state) const;

  /// How often the watchdog wants to hear from the loop: half of what it waits.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const {
    return watchdog_interval_;
  }

 private:
  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace entsync
