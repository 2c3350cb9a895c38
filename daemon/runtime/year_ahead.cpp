#include "year_ahead.hpp"

#include "instant.hpp"
#include "planning.hpp"
#include "run_on.hpp"
#include "scoped_inputs.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

asio::awaitable<Result<std::vector<YearDay>>> gather_and_simulate(Context& context, Date from,
                                                                  Date to) {
  auto ledger = open_ledger(context.config.settings);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto inputs = co_await gather_scope(context, *link->directory, **ledger, everything);
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();
  auto work = [&]() -> Result<std::vector<YearDay>> {
    auto model = make_model(context.config, *inputs, **ledger);
    if (!model) return model.error();
    return year_ahead(planner_input(context.config, *inputs, *model), today(), from, to,
                      context.config.settings.requests.rules.reminder_days);
  };
  co_return co_await run_on(context.workers, std::move(work));
}

}  // namespace

asio::awaitable<Result<std::vector<YearDay>>> simulate_days(Context& context, Date from, Date to) {
  try {
    co_return co_await gather_and_simulate(context, from, to);
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

}  // namespace entsync
