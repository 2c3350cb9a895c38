#include "clock.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace entsync {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// The longest sleep: a clock that was set, or a machine that was suspended, is noticed after this.
constexpr milliseconds longest_sleep{30'000};

class MachineClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] std::chrono::nanoseconds steady() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  asio::awaitable<void> wait(asio::steady_timer& timer, Time time) override {
    timer.expires_after(std::clamp(time - now(), milliseconds(0), longest_sleep));
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
};

MachineClock machine_clock;
std::atomic<Clock*> in_use{&machine_clock};

}  // namespace

Clock& process_clock() {
  return *in_use;
}

void use_clock(Clock* clock) {
  in_use = clock != nullptr ? clock : &machine_clock;
}

}  // namespace entsync
