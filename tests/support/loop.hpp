#pragma once
/// An event loop for tests of asynchronous code: runs coroutines to their end and never for ever.

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace entsync::test {

/// The future result of a coroutine that runs on a Loop.
template <class T>
class Pending {
 public:
  [[nodiscard]] bool is_done() const { return state_->value.has_value() || state_->error; }
  /// The result; rethrows what the coroutine threw.
  T take() {
    if (state_->error) std::rethrow_exception(state_->error);
    return std::move(*state_->value);
  }

 private:
  friend class Loop;
  struct State {
    std::optional<T> value;
    std::exception_ptr error;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class Loop {
 public:
  Loop() = default;
  ~Loop() {
    workers_.join();
    context_.poll();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context() { return context_; }
  boost::asio::thread_pool& workers() { return workers_; }

  /// Starts a coroutine; it proceeds whenever the loop runs.
  template <class T>
  Pending<T> start(boost::asio::awaitable<T> coroutine) {
    Pending<T> pending;
    auto done = [state = pending.state_](std::exception_ptr error) { state->error = error; };
    boost::asio::co_spawn(context_, keep(std::move(coroutine), pending.state_), std::move(done));
    return pending;
  }

  /// Runs until `is_met`; fails the test, fatally for the program, after 30 s.
  void run_until(const std::function<bool()>& is_met) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_met()) {
      context_.restart();
      context_.run_one_until(
          std::min(end, std::chrono::steady_clock::now() + std::chrono::seconds(1)));
      if (std::chrono::steady_clock::now() < end) continue;
      ADD_FAILURE() << "the loop waited 30 s in vain";
      std::abort();
    }
  }

  template <class T>
  T finish(Pending<T>& pending) {
    run_until([&pending] { return pending.is_done(); });
    return pending.take();
  }

  /// Runs one coroutine to its end.
  template <class T>
  T run(boost::asio::awaitable<T> coroutine) {
    Pending<T> pending = start(std::move(coroutine));
    return finish(pending);
  }

 private:
  /// co_spawn hands over results by value and would need a default one; not every T has it.
  template <class T>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> coroutine,
                                           std::shared_ptr<typename Pending<T>::State> state) {
    state->value.emplace(co_await std::move(coroutine));
  }

  boost::asio::io_context context_{1};
  boost::asio::thread_pool workers_{1};
};

}  // namespace entsync::test
