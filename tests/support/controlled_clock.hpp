#pragma once
/// A clock that stands still until the test sets it on. Whoever waits for a time is woken when it
/// has come; what others wait for can be seen, so that a test knows when everything is at rest.

#include <algorithm>
#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

#include "runtime/clock.hpp"

namespace entsync::test {

class ControlledClock final : public Clock {
 public:
  explicit ControlledClock(std::chrono::sys_seconds start) : milliseconds_(ms(start)) {
    use_clock(this);
  }
  ~ControlledClock() override { use_clock(nullptr); }
  ControlledClock(const ControlledClock&) = delete;
  ControlledClock& operator=(const ControlledClock&) = delete;

  [[nodiscard]] Time now() const override {
    return Time(std::chrono::milliseconds(milliseconds_.load()));
  }
  [[nodiscard]] std::chrono::nanoseconds steady() const override {
    return now().time_since_epoch();
  }

  boost::asio::awaitable<void> wait(boost::asio::steady_timer& timer, Time time) override {
    if (time <= now()) co_return;
    timer.expires_at(boost::asio::steady_timer::time_point::max());
    const auto self = waiting_.insert(waiting_.end(), {&timer, time});
    boost::system::error_code cancelled;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    waiting_.erase(self);
  }

  /// On the thread of the loop.
  void set(std::chrono::sys_seconds time) {
    milliseconds_ = ms(time);
    for (const Waiting& one : waiting_)
      if (one.until <= now()) one.timer->cancel();
  }
  void pass(std::chrono::seconds time) {
    set(std::chrono::floor<std::chrono::seconds>(now()) + time);
  }

  [[nodiscard]] bool is_awaited(std::chrono::sys_seconds time) const {
    return std::ranges::any_of(waiting_, [&](const Waiting& one) { return one.until == time; });
  }

 private:
  struct Waiting {
    boost::asio::steady_timer* timer;
    Time until;
  };
  static std::int64_t ms(std::chrono::sys_seconds time) {
    return std::chrono::milliseconds(time.time_since_epoch()).count();
  }
  std::atomic<std::int64_t> milliseconds_;
  std::list<Waiting> waiting_;
};

}  // namespace entsync::test
