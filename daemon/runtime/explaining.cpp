#include "explaining.hpp"

namespace entsync {
namespace {

asio::awaitable<Result<std::vector<Explanation>>> gather_and_explain(Context& context,
                                                                     std::string what,
                                                                     std::string attribute) {
  auto ledger = open_ledger(context.config.settings);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto inputs = co_await gather(context, *link->directory, **ledger);
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();
  auto work = [&]() -> Result<std::vector<Explanation>> {
    auto model = make_model(context.config, *inputs, **ledger);
    if (!model) return model.error();
    return explain(planner_input(context.config, *inputs, *model), what, attribute);
  };
  co_return co_await run_on(context.workers, std::move(work));
}

}  // namespace

asio::awaitable<Result<std::vector<Explanation>>> explain_now(Context& context, std::string what,
                                                              std::string attribute) {
  try {
    co_return co_await gather_and_explain(context, std::move(what), std::move(attribute));
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

}  // namespace entsync
