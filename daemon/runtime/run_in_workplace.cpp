#include "run_in_workplace.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "rectifications.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

constexpr std::chrono::milliseconds between_looks{500};

bool is_busy(const Problems& problems) {
  return std::ranges::any_of(problems.list,
                             [](const Problem& problem) { return problem.code == "RUN-002"; });
}

/// The workplace, once no other process has it.
asio::awaitable<Result<Workplace>> open_when_free(Context& context, const Cause& cause,
                                                  std::chrono::seconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (bool first = true;; first = false) {
    auto place = co_await open_workplace(context, cause);
    if (place || !is_busy(place.error()) || std::chrono::steady_clock::now() >= end)
      co_return place;
    if (context.stop_requested) co_return Problems(stopped_early());
    if (first)
      context.log.info("RUN-060", "waiting for another run: " + place.error().list.front().what);
    timer.expires_after(between_looks);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

/// Whatever a run applied may have taken a correction into the directory.
asio::awaitable<void> note_corrections(Context& context, Workplace& place, const Cause& cause) {
  auto note = [&] { return note_reflections(*place.journal, *place.ledger, cause); };
  auto noted = co_await run_on(context.store, std::move(note));
  if (!noted) context.log.problems(noted.error());
}

/// The work and its end, in a workplace that was opened, or could not be.
asio::awaitable<RunResult> run_in(Context& context, Cause cause, Result<Workplace> place,
                                  WorkInPlace work) {
  RunResult result;
  result.report.run = cause.run;
  if (!place) {
    fail(result, place.error());
    co_return result;
  }
  bool stopped = false;
  try {
    auto code = co_await work(*place, result);
    if (code)
      result.exit_code = *code;
    else
      fail(result, code.error());
  } catch (const Stopped&) {
    stopped = true;
  }
  co_await context.room.emptied();
  if (stopped) fail(result, stopped_early(result.report.applied.applied));
  if (place->begun) co_await note_corrections(context, *place, cause);
  if (place->begun) co_await conclude(context, *place->journal, cause, result);
  co_return result;
}

}  // namespace

asio::awaitable<RunResult> run_as_guest(Context& beside, Cause cause, WorkInPlace work) {
  beside.progress.start("run", "");
  auto place = co_await enter_workplace(beside);
  co_return co_await run_in(beside, std::move(cause), std::move(place), std::move(work));
}

asio::awaitable<RunResult> run_in_workplace(Context& context, Cause cause,
                                            std::chrono::seconds wait, WorkInPlace work) {
  context.progress.start("run", "");
  auto place = co_await open_when_free(context, cause, wait);
  co_return co_await run_in(context, std::move(cause), std::move(place), std::move(work));
}

}  // namespace entsync
