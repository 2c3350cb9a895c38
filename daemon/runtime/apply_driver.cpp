#include "apply_driver.hpp"

#include <algorithm>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "core/read_back.hpp"
#include "recovery.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

constexpr std::size_t outcome_batch = 256;
constexpr auto outcome_delay = std::chrono::milliseconds(500);
/// Before outcomes that could not be journaled at the end are tried once more.
constexpr auto last_flush_delay = std::chrono::milliseconds(1000);

/// Takes out the outcomes that an append which seemed to fail did bring to the disk: their intents
/// are open no more.
Result<void> drop_known(std::vector<AuditRecord>& outcomes, Journal& journal) {
  auto open = journal.open_intents();
  if (!open) return open.error();
  std::erase_if(outcomes, [&](const AuditRecord& outcome) {
    return std::ranges::none_of(
        *open, [&](const AuditRecord& intent) { return intent.seq == outcome.intent_seq; });
  });
  return {};
}

}  // namespace

ApplyDriver::ApplyDriver(Context& context, DirectoryLink link, Journal& journal, Cause cause,
                         ApplyOptions options)
    : context_(context),
      journal_(journal),
      cause_(std::move(cause)),
      options_(options),
      wake_(context.loop),
      timer_(context.loop),
      flush_timer_(context.loop) {
  use(std::move(link));
}

/// From now on this connection alone.
void ApplyDriver::use(DirectoryLink link) {
  assertions_ = link.server.assertion && context_.config.settings.ldap.assertions;
  directories_.clear();
  directories_.push_back(std::move(link.directory));
}

asio::awaitable<ApplyResult> ApplyDriver::run(Plan& plan) {
  plan_ = &plan;
  machine_ = std::make_unique<ApplyMachine>(plan, options_);
  intent_seq_.assign(plan.changes.size(), 0);
  if (!plan.changes.empty()) co_await open_more_connections();
  context_.progress.start("apply", "changes", plan.changes.size());
  started_ = true;
  push(apply::Start{});
  if (rest_wanted_) push(apply::RestRequested{});
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
  co_await flush_at_last();
  result_.summary = machine_->summary();
  context_.progress.finish("apply");
  co_return std::move(result_);
}

void ApplyDriver::request_stop(StopMode mode) {
  if (machine_) push(apply::StopRequested{mode});
}

void ApplyDriver::ask_for_rest(bool rest) {
  rest_wanted_ = rest;
  if (!started_) return;  // said when it has
  if (rest)
    push(apply::RestRequested{});
  else
    push(apply::RestOver{});
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
  spawn(read_entry(action.change, action.answer_lost));
}
void ApplyDriver::perform(const apply::Reconnect& /*action*/) {
  spawn(reconnect());
}
void ApplyDriver::perform(const apply::SetTimer& action) {
  spawn(wait(action.milliseconds));
}

void ApplyDriver::perform(const apply::Rest& /*action*/) {
  spawn(rest());
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
    spawn(flush_soon());
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
  // After a stop at once nobody waits for answers that are still to come.
  ++epoch_;
  for (const auto& directory : directories_) directory->close();
}

/// Appends the outcomes that wait and these intents, in one commit, on the store's thread and in
/// the order of the calls; the number of the first intent. Outcomes that could not be written wait
/// on: what is known must not be guessed at the next start.
asio::awaitable<std::optional<std::uint64_t>> ApplyDriver::append(
    std::vector<AuditRecord> intents) {
  std::vector<AuditRecord> outcomes = std::exchange(outcomes_, {});
  auto write = [this, records = outcomes, intents = std::move(intents),
                again = append_failed_]() mutable -> Result<std::uint64_t> {
    if (again)
      if (auto dropped = drop_known(records, journal_); !dropped) return dropped.error();
    const std::size_t count = records.size();
    std::ranges::move(intents, std::back_inserter(records));
    auto first = journal_.append(std::move(records));
    if (!first) return first;
    return *first + count;
  };
  auto first = co_await run_on(context_.store, std::move(write));
  if (first) co_return *first;
  append_failed_ = true;
  outcomes_.insert(outcomes_.begin(), std::move_iterator(outcomes.begin()),
                   std::move_iterator(outcomes.end()));
  context_.log.problems(first.error());
  co_return std::nullopt;
}

asio::awaitable<void> ApplyDriver::write_intents(std::vector<std::size_t> changes) {
  std::vector<AuditRecord> intents;
  for (const std::size_t i : changes)
    intents.push_back(intent_record(plan_->changes[i], *plan_, cause_));
  const auto first = co_await append(std::move(intents));
  if (!first) {
    push(apply::JournalFailed{});
    co_return;
  }
  for (std::size_t n = 0; n < changes.size(); ++n) intent_seq_[changes[n]] = *first + n;
  push(apply::IntentsDurable{});
}

/// Whether no outcome waits any more.
asio::awaitable<bool> ApplyDriver::flush() {
  if (outcomes_.empty()) co_return true;
  const auto written = co_await append({});
  co_return written.has_value();
}

/// The append comes after those that are under way, even when it has nothing to write.
asio::awaitable<void> ApplyDriver::rest() {
  const auto written = co_await append({});
  if (!written)
    push(apply::JournalFailed{});
  else if (on_rest)
    on_rest();
}

asio::awaitable<void> ApplyDriver::flush_soon() {
  const bool written = co_await flush();
  if (!written) push(apply::JournalFailed{});
}

/// A disk that was full for a moment may have room again.
asio::awaitable<void> ApplyDriver::flush_at_last() {
  bool written = co_await flush();
  if (written) co_return;
  timer_.expires_after(last_flush_delay);
  boost::system::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  written = co_await flush();
  if (written) co_return;
  result_.completed = false;
  result_.why = "the journal could not be written; open intents are resolved at the next start";
}

asio::awaitable<void> ApplyDriver::flush_later() {
  flush_timer_.expires_after(outcome_delay);
  boost::system::error_code ignored;
  co_await flush_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  flush_armed_ = false;
  co_await flush_soon();
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

asio::awaitable<void> ApplyDriver::read_entry(std::size_t index, bool answer_lost) {
  const Change& change = plan_->changes[index];
  const std::shared_ptr<ldap::Directory> directory = directories_.front();
  const TargetVocabulary& vocabulary = context_.config.rules.target;
  const unsigned epoch = epoch_;
  auto reading = answer_lost ? read_settled(*directory, change, vocabulary)
                             : read_change(*directory, change, vocabulary);
  auto state = co_await std::move(reading);
  if (epoch != epoch_) co_return;  // will be asked for again
  if (state) {
    push(apply::HasReadBack{index, *state});
  } else {
    context_.log.problems(state.error());
    push(apply::ReadFailed{index});
  }
}

/// The schema is read again: under which names the server returns attributes belongs to the
/// connection.
asio::awaitable<void> ApplyDriver::reconnect() {
  context_.log.warning("DIR-010", "the connection to the directory was lost; connecting again");
  ++epoch_;
  directories_.clear();
  auto link = co_await open_directory(context_);
  if (!link) {
    context_.log.problems(link.error());
    push(apply::ReconnectFailed{});
    co_return;
  }
  use(std::move(*link));
  co_await open_more_connections();
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
