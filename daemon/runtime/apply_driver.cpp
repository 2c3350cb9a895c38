#include "apply_driver.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "core/read_back.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

constexpr std::size_t outcome_batch = 256;
constexpr auto outcome_delay = std::chrono::milliseconds(500);
/// Read-backs of one entry that fail while the connection stays up, before it counts as changed by
/// somebody else.
constexpr int max_failed_reads = 3;

}  // namespace

ApplyDriver::ApplyDriver(Context& context, DirectoryLink link, Journal& journal, Ledger& ledger,
                         Cause cause, ApplyOptions options)
    : context_(context),
      assertions_(link.server.assertion && context.config.settings.ldap.assertions),
      journal_(journal),
      ledger_(ledger),
      cause_(std::move(cause)),
      options_(options),
      wake_(context.loop),
      timer_(context.loop),
      flush_timer_(context.loop) {
  directories_.push_back(std::move(link.directory));
}

asio::awaitable<ApplyResult> ApplyDriver::run(Plan& plan) {
  plan_ = &plan;
  machine_ = std::make_unique<ApplyMachine>(plan, options_);
  intent_seq_.assign(plan.changes.size(), 0);
  failed_reads_.assign(plan.changes.size(), 0);
  if (!plan.changes.empty()) co_await open_more_connections();
  context_.progress.start("apply", "changes", plan.changes.size());
  push(apply::Start{});
  while (!machine_->finished() || tasks_ != 0) {
    if (events_.empty()) {
      wake_.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code ignored;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    const apply::Event event = std::move(events_.front());
    events_.pop_front();
    perform(machine_->resume(event));
    context_.progress.advance("apply", machine_->answered());
  }
  co_await flush();
  result_.summary = machine_->summary();
  context_.progress.finish("apply");
  co_return std::move(result_);
}

void ApplyDriver::request_stop() {
  if (machine_) push(apply::StopRequested{});
}

void ApplyDriver::push(apply::Event event) {
  events_.push_back(std::move(event));
  wake_.cancel();
}

void ApplyDriver::spawn(asio::awaitable<void> task) {
  ++tasks_;
  auto finished = [this](std::exception_ptr failure) {
    --tasks_;
    wake_.cancel();
    if (failure) std::rethrow_exception(failure);  // our bug: out of the loop, fails the run
  };
  asio::co_spawn(context_.loop, std::move(task), std::move(finished));
}

void ApplyDriver::perform(std::vector<apply::Action> actions) {
  for (const apply::Action& action : actions)
    std::visit([this](const auto& a) { perform(a); }, action);
}

void ApplyDriver::perform(const apply::WriteIntents& action) {
  spawn(write_intents(action.changes));
}
void ApplyDriver::perform(const apply::Send& action) {
  spawn(send(action.change));
}
void ApplyDriver::perform(const apply::ReadEntry& action) {
  spawn(read_entry(action.change));
}
void ApplyDriver::perform(const apply::Reconnect& /*action*/) {
  spawn(reconnect());
}
void ApplyDriver::perform(const apply::SetTimer& action) {
  spawn(wait(action.milliseconds));
}

void ApplyDriver::perform(const apply::WriteOutcome& action) {
  const Change& change = plan_->changes[action.change];
  const std::string code =
      action.code == 0 ? std::string{} : std::string(ldap::result_name(action.code));
  outcomes_.push_back(
      outcome_record(cause_, intent_seq_[action.change], action.outcome, action.code, code));
  const std::string what = std::string(1, glyph(change.operation)) + " " + label(change) + " " +
                           std::string(change.subject);
  if (action.outcome == Outcome::applied)
    context_.log.write(LogLevel::change, "CHG-001", what);
  else
    context_.log.write(LogLevel::warning, "CHG-002",
                       what + ": " + std::string(to_string(action.outcome)) +
                           (code.empty() ? "" : " (" + code + ")"));
  if (outcomes_.size() >= outcome_batch) {
    spawn(flush());
  } else if (!flush_armed_) {
    flush_armed_ = true;
    spawn(flush_later());
  }
}

void ApplyDriver::perform(const apply::Finish& action) {
  result_.completed = action.completed;
  result_.why = action.why;
  timer_.cancel();
  flush_timer_.cancel();
}

std::vector<AuditRecord> ApplyDriver::take_outcomes() {
  return std::exchange(outcomes_, {});
}

/// Identities first, then the records, on the store's thread and in the order of the calls.
asio::awaitable<bool> ApplyDriver::append(std::vector<AuditRecord> records,
                                          std::vector<Identity> identities,
                                          std::uint64_t& first_seq) {
  auto write = [this, records = std::move(records),
                identities = std::move(identities)]() mutable -> Result<std::uint64_t> {
    if (!identities.empty())
      if (auto remembered = ledger_.remember(identities); !remembered) return remembered.error();
    return journal_.append(std::move(records));
  };
  auto seq = co_await run_on(context_.store, std::move(write));
  if (seq) {
    first_seq = *seq;
    co_return true;
  }
  context_.log.problems(seq.error());
  co_return false;
}

asio::awaitable<void> ApplyDriver::write_intents(std::vector<std::size_t> changes) {
  std::vector<AuditRecord> records = take_outcomes();
  const std::size_t outcomes = records.size();
  std::vector<Identity> identities;
  for (const std::size_t i : changes) {
    const Change& change = plan_->changes[i];
    records.push_back(intent_record(change, *plan_, cause_));
    if (change.operation == Operation::create && !change.identifiant.empty())
      identities.push_back({std::string(change.subject), std::string(change.identifiant),
                            std::string(change.login)});
  }
  std::uint64_t first = 0;
  if (!co_await append(std::move(records), std::move(identities), first)) {
    push(apply::JournalFailed{});
    co_return;
  }
  for (std::size_t n = 0; n < changes.size(); ++n) intent_seq_[changes[n]] = first + outcomes + n;
  push(apply::IntentsDurable{});
}

asio::awaitable<void> ApplyDriver::flush() {
  if (outcomes_.empty()) co_return;
  std::uint64_t first = 0;
  if (!co_await append(take_outcomes(), {}, first)) {
    result_.completed = false;
    result_.why = "the journal could not be written; open intents are resolved at the next start";
    push(apply::JournalFailed{});
  }
}

asio::awaitable<void> ApplyDriver::flush_later() {
  flush_timer_.expires_after(outcome_delay);
  boost::system::error_code ignored;
  co_await flush_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  flush_armed_ = false;
  co_await flush();
}

asio::awaitable<void> ApplyDriver::send(std::size_t index) {
  const Change& change = plan_->changes[index];
  const std::shared_ptr<ldap::Directory> directory =
      directories_[next_connection_++ % directories_.size()];
  const unsigned epoch = epoch_;
  const ldap::Answer answer = co_await directory->apply(change, assertions_);
  if (epoch != epoch_) co_return;  // of a connection given up meanwhile: the change is in doubt
  if (answer.answered)
    push(apply::Answered{index, answer.code});
  else
    push(apply::ConnectionLost{});
}

asio::awaitable<void> ApplyDriver::read_entry(std::size_t index) {
  const Change& change = plan_->changes[index];
  const std::shared_ptr<ldap::Directory> directory = directories_.front();
  const TargetVocabulary& vocabulary = context_.config.rules.target;
  const unsigned epoch = epoch_;
  auto entry = co_await directory->read_entry(std::string(change.dn), vocabulary);
  if (epoch != epoch_) co_return;  // will be asked for again
  if (entry) {
    const auto* values = *entry ? &(**entry).values : nullptr;
    push(apply::HasReadBack{index, read_back(change, vocabulary, values)});
  } else if (++failed_reads_[index] >= max_failed_reads) {
    context_.log.problems(entry.error());
    push(apply::HasReadBack{index, ReadBack::other});
  } else {
    push(apply::ConnectionLost{});
  }
}

asio::awaitable<void> ApplyDriver::reconnect() {
  context_.log.warning("DIR-010", "the connection to the directory was lost; connecting again");
  ++epoch_;
  directories_.clear();
  const ldap::ConnectOptions options = connect_options(context_.config.settings.ldap, context_.log);
  for (std::size_t n = 0; n < context_.config.settings.ldap.connections; ++n) {
    auto directory =
        co_await ldap::connect(context_.loop.get_executor(), context_.workers, options);
    if (!directory) {
      context_.log.problems(directory.error());
      directories_.clear();
      push(apply::ReconnectFailed{});
      co_return;
    }
    directories_.push_back(std::move(*directory));
  }
  push(apply::Reconnected{});
}

asio::awaitable<void> ApplyDriver::open_more_connections() {
  const ldap::ConnectOptions options = connect_options(context_.config.settings.ldap, context_.log);
  while (directories_.size() < context_.config.settings.ldap.connections) {
    auto directory =
        co_await ldap::connect(context_.loop.get_executor(), context_.workers, options);
    if (!directory) {
      context_.log.problems(directory.error());
      co_return;  // the first one works
    }
    directories_.push_back(std::move(*directory));
  }
}

asio::awaitable<void> ApplyDriver::wait(int milliseconds) {
  timer_.expires_after(std::chrono::milliseconds(milliseconds));
  boost::system::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  push(apply::TimerExpired{});
}

}  // namespace entsync
