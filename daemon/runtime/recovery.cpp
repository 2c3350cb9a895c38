#include "recovery.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace entsync {
namespace {

/// Longer than the commit of a server whose disk is slow; nobody waits for it but a run that has
/// lost its connection already.
constexpr auto settling_pause = std::chrono::milliseconds(1000);
/// An entry that others change all the time is taken as it is after this many readings.
constexpr int max_readings = 5;

Outcome outcome_of(ReadBack state) {
  switch (state) {
    case ReadBack::as_after:
      return Outcome::applied;
    case ReadBack::as_before:
      return Outcome::not_applied;
    case ReadBack::other:
      return Outcome::conflict;
  }
  return Outcome::conflict;
}

}  // namespace

asio::awaitable<Result<ReadBack>> read_change(ldap::Directory& directory, const Change& change,
                                              const TargetVocabulary& vocabulary) {
  auto entry = co_await directory.read_entry(std::string(change.dn), vocabulary);
  if (!entry) co_return entry.error();
  co_return read_back(change, vocabulary, *entry ? &(**entry).values : nullptr);
}

asio::awaitable<Result<ReadBack>> read_settled(ldap::Directory& directory, const Change& change,
                                               const TargetVocabulary& vocabulary) {
  auto states = co_await read_settled(directory, std::span(&change, 1), vocabulary);
  if (!states) co_return states.error();
  co_return states->front();
}

asio::awaitable<Result<std::vector<ReadBack>>> read_settled(ldap::Directory& directory,
                                                            std::span<const Change> changes,
                                                            const TargetVocabulary& vocabulary) {
  std::vector<ReadBack> states;
  for (const Change& change : changes) {
    auto state = co_await read_change(directory, change, vocabulary);
    if (!state) co_return state.error();
    states.push_back(*state);
  }
  asio::steady_timer pause(co_await asio::this_coro::executor);
  bool moving = std::ranges::any_of(states, [](ReadBack s) { return s != ReadBack::as_after; });
  for (int reading = 2; moving && reading <= max_readings; ++reading) {
    pause.expires_after(settling_pause);
    co_await pause.async_wait(asio::use_awaitable);
    moving = false;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (states[i] == ReadBack::as_after) continue;
      auto state = co_await read_change(directory, changes[i], vocabulary);
      if (!state) co_return state.error();
      moving = moving || *state != states[i];
      states[i] = *state;
    }
  }
  co_return states;
}

asio::awaitable<Result<std::uint64_t>> settle_open_intents(Context& context,
                                                           ldap::Directory& directory,
                                                           Journal& journal, const Cause& cause) {
  auto open = journal.open_intents();
  if (!open) co_return open.error();
  if (open->empty()) co_return std::uint64_t{0};
  context.log.warning("RUN-010",
                      std::to_string(open->size()) +
                          " changes of an interrupted run have no outcome; reading them back");
  const Plan plan = plan_of(*open);
  std::vector<AuditRecord> records;
  auto states = co_await read_settled(directory, plan.changes, context.config.rules.target);
  if (!states) co_return states.error();
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    AuditRecord record = outcome_record(cause, (*open)[i].seq, outcome_of((*states)[i]), 0,
                                        "read back after an interrupted run");
    record.run = (*open)[i].run;
    records.push_back(std::move(record));
  }
  if (auto written = journal.append(std::move(records)); !written) co_return written.error();
  co_return static_cast<std::uint64_t>(open->size());
}

}  // namespace entsync
