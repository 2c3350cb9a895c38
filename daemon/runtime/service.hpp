#pragma once
/// The long-running daemon: settles what a crash left open, then synchronises at the times of the
/// schedule until it is told to stop (TERM, INT) or to take a new configuration (HUP). It waits on
/// the clock of the wall, so a clock that is set, a suspended machine and the two odd nights of a
/// year are all seen. A run that was due while the daemon was down is made up once.

#include <optional>

#include "context.hpp"
#include "service_notifier.hpp"
#include "synchronise.hpp"

namespace entsync {

struct ServiceEnd {
  /// The new configuration, checked whole, that the daemon goes on with; nothing: it stops.
  std::optional<config::Configuration> reload;
};

asio::awaitable<ServiceEnd> serve(Context& context, const ServiceNotifier& notifier);

}  // namespace entsync
