#include "workplace.hpp"

#include <algorithm>

#include "checkpoints.hpp"
#include "holds.hpp"
#include "journal_place.hpp"
#include "recovery.hpp"
#include "retention.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

ApplyOptions apply_options(const config::Settings& settings) {
  ApplyOptions options;
  options.window = settings.ldap.window;
  options.max_refusals = settings.max_refusals;
  return options;
}

}  // namespace

asio::awaitable<Result<Workplace>> open_workplace(Context& context, const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  auto lock = RunLock::take(state, "run " + cause.run + " by " + cause.actor);
  if (!lock) co_return lock.error();
  auto ledger = Ledger::open(state);
  if (!ledger) co_return ledger.error();
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::append,
                              context.config.rules.policy);
  if (!journal) co_return journal.error();
  // From here on others record through it: it may not be opened twice.
  context.journal = journal->get();
  std::unique_ptr<Journal, CloseJournal> kept(journal->release(), CloseJournal{&context});
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto settled = co_await settle_open_intents(context, *link->directory, *kept, cause);
  if (!settled) co_return settled.error();
  // What a crash kept from being sealed, and what was recorded between two runs.
  auto sealed = seal_journal(context, *kept, {});
  if (!sealed) co_return sealed.error();
  co_return Workplace{std::move(*lock), std::move(*ledger), std::move(kept), std::move(*link),
                      false};
}

asio::awaitable<Result<Workplace>> enter_workplace(Context& beside) {
  auto ledger = Ledger::open(beside.config.settings.state_directory);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(beside);
  if (!link) co_return link.error();
  std::unique_ptr<Journal, CloseJournal> of_host(beside.main().journal, CloseJournal{});
  co_return Workplace{std::nullopt, std::move(*ledger), std::move(of_host), std::move(*link),
                      false};
}

void CloseJournal::operator()(Journal* journal) const {
  if (context == nullptr) return;
  if (context->journal == journal) context->journal = nullptr;
  delete journal;  // NOLINT(cppcoreguidelines-owning-memory): of a unique_ptr
}

bool record(Context& context, AuditType type, const Cause& cause, std::string detail) {
  Result<void> written;
  if (Journal* open = context.main().journal; open != nullptr) {
    written = append_event(*open, type, cause, std::move(detail));
  } else {
    auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::append);
    written = journal ? append_event(**journal, type, cause, std::move(detail))
                      : Result<void>(journal.error());
  }
  if (written) return true;
  context.log.problems(written.error());
  return false;
}

Result<void> append_event(Journal& journal, AuditType type, const Cause& cause,
                          std::string detail) {
  std::vector<AuditRecord> records;
  records.push_back(event_record(type, cause, std::move(detail)));
  auto seq = journal.append(std::move(records));
  if (!seq) return seq.error();
  return {};
}

std::vector<Identity> identities_of(const Plan& plan) {
  std::vector<Identity> identities;
  for (const Change& change : plan.changes)
    if (change.operation == Operation::create && !change.identifiant.empty())
      identities.push_back({std::string(change.subject), std::string(change.identifiant),
                            std::string(change.login)});
  return identities;
}

namespace {

asio::awaitable<ApplyResult> apply_in_room(Context& context, Workplace& place, Plan& plan,
                                           const Cause& cause, Room* room) {
  auto release = [&]() -> Result<void> {
    const std::vector<Identity> identities = identities_of(plan);
    std::vector<std::string> subjects;
    for (const Identity& identity : identities) subjects.push_back(identity.subject);
    if (auto noted = note_back(*place.journal, subjects); !noted) return noted;
    return place.ledger->release(identities);
  };
  if (auto kept = co_await run_on(context.store, std::move(release)); !kept) {
    context.log.problems(kept.error());
    ApplyResult result;
    result.why = "the state file could not take the identifiers of new accounts";
    co_return result;
  }
  ApplyDriver driver(context, std::move(place.link), *place.journal, cause,
                     apply_options(context.config.settings));
  struct StopWith {
    Context& context;
    ~StopWith() { context.on_stop = nullptr; }
  } const stop_with{context};
  if (context.stop_requested || context.cancel_requested) {
    ApplyResult result;
    result.why = "stopped on request";
    co_return result;
  }
  context.on_stop = [&driver](StopMode mode) { driver.request_stop(mode); };
  if (room == nullptr) co_return co_await driver.run(plan);
  driver.on_rest = [room] { room->rests(); };
  const Room::Applying applying(*room, [&driver](bool rest) { driver.ask_for_rest(rest); });
  co_return co_await driver.run(plan);
}

}  // namespace

asio::awaitable<ApplyResult> apply_plan(Context& context, Workplace& place, Plan& plan,
                                        const Cause& cause) {
  return apply_in_room(context, place, plan, cause, nullptr);
}

asio::awaitable<ApplyResult> apply_giving_way(Context& context, Workplace& place, Plan& plan,
                                              const Cause& cause) {
  return apply_in_room(context, place, plan, cause, &context.room);
}

Result<void> supersede_held(Context& context, Workplace& place, const std::string& kept,
                            const Cause& cause) {
  Holds holds(context.config.settings.state_directory);
  auto waiting = holds.list();
  if (!waiting) return waiting.error();
  for (const HeldPlan& other : *waiting) {
    if (other.id == kept) continue;
    if (auto written = append_event(*place.journal, AuditType::rejected, cause,
                                    "plan " + other.id + " superseded by this run");
        !written)
      return written;
    if (auto dropped = holds.drop(other); !dropped) return dropped;
  }
  return {};
}

std::int64_t entry_balance(const Plan& plan) {
  std::int64_t balance = 0;
  for (const Change& change : plan.changes) {
    if (change.operation == Operation::create) ++balance;
    if (change.operation == Operation::remove) --balance;
  }
  return balance;
}

std::uint64_t entries_after(std::uint64_t before, std::int64_t balance,
                            const ApplySummary& applied) {
  const std::int64_t after =
      static_cast<std::int64_t>(before) + balance - static_cast<std::int64_t>(applied.refused);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, after));
}

}  // namespace entsync
