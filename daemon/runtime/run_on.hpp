#pragma once
/// Runs a function on a thread pool and resumes the caller on its own executor with the result. The
/// function receives values and returns values; it must hold no reference that dies before it ends.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace entsync {

namespace asio = boost::asio;

template <class F>
asio::awaitable<void> call_into(F function,
                                std::shared_ptr<std::optional<std::invoke_result_t<F>>> slot) {
  slot->emplace(function());
  co_return;
}

/// Name the function object before the co_await: g++ 12 destroys a capturing lambda written inside
/// a co_await expression twice. The result travels in a slot because co_spawn default-constructs
/// values.
template <class F>
asio::awaitable<std::invoke_result_t<F>> run_on(asio::thread_pool& pool, F function) {
  auto slot = std::make_shared<std::optional<std::invoke_result_t<F>>>();
  auto body = call_into(std::move(function), slot);
  co_await asio::co_spawn(pool, std::move(body), asio::use_awaitable);
  co_return std::move(**slot);
}

}  // namespace entsync
