#include "recovery.hpp"

#include "core/read_back.hpp"

namespace entsync {
namespace {

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
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const Change& change = plan.changes[i];
    auto entry = co_await directory.read_entry(std::string(change.dn), context.config.rules.target);
    if (!entry) co_return entry.error();
    const auto* values = *entry ? &(**entry).values : nullptr;
    const ReadBack state = read_back(change, context.config.rules.target, values);
    AuditRecord record = outcome_record(cause, (*open)[i].seq, outcome_of(state), 0,
                                        "read back after an interrupted run");
    record.run = (*open)[i].run;
    records.push_back(std::move(record));
  }
  if (auto written = journal.append(std::move(records)); !written) co_return written.error();
  co_return static_cast<std::uint64_t>(open->size());
}

}  // namespace entsync
