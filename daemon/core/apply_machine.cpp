#include "apply_machine.hpp"

#include <algorithm>
#include <iterator>

#include "dn.hpp"

namespace entsync {
namespace {

/// LDAP result codes with a meaning here (RFC 4511 §4.1.9, RFC 4528).
enum Code : int {
  success = 0,
  no_such_attribute = 16,
  attribute_or_value_exists = 20,
  no_such_object = 32,
  busy = 51,
  unavailable = 52,
  entry_already_exists = 68,
  assertion_failed = 122,
};

bool is_transient(int code) {
  return code == busy || code == unavailable;
}

/// The answer says that the entry is not as the snapshot showed it. Reading it again tells whether
/// it already is as we want it (a retry after a lost answer) or whether somebody else changed it.
bool means_entry_moved_on(int code) {
  return code == assertion_failed || code == no_such_attribute ||
         code == attribute_or_value_exists || code == no_such_object ||
         code == entry_already_exists;
}

constexpr int first_backoff_ms = 200;
constexpr int longest_backoff_ms = 10'000;

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "applied";
    case Outcome::refused:
      return "refused";
    case Outcome::conflict:
      return "conflict";
    case Outcome::not_applied:
      return "not-applied";
  }
  return "?";
}

ApplyMachine::ApplyMachine(Plan& plan, ApplyOptions options)
    : plan_(plan),
      options_(options),
      states_(plan.changes.size(), State::planned),
      attempts_(plan.changes.size(), 0),
      failed_reads_(plan.changes.size(), 0),
      answers_(plan.changes.size(), success) {}

std::vector<apply::Action> ApplyMachine::resume(const apply::Event& event) {
  if (finished_) return {};
  actions_.clear();
  std::visit([this](const auto& e) { on(e); }, event);
  proceed();
  return std::move(actions_);
}

void ApplyMachine::on(const apply::Start&) {
  wave_first_ = 0;
  wave_last_ = wave_end(0);
  intended_ = 0;
}

void ApplyMachine::on(const apply::IntentsDurable&) {
  if (!writing_intents_) return;
  writing_intents_ = false;
  for (std::size_t i = writing_first_; i < intended_; ++i) {
    if (states_[i] == State::dropped) {
      ++dropped_;
      settle(i, Outcome::not_applied, success);
      continue;
    }
    states_[i] = State::intended;
    ready_.push_back(i);
  }
}

void ApplyMachine::on(const apply::JournalFailed&) {
  if (writing_intents_) {
    writing_intents_ = false;
    intended_ = writing_first_;
  }
  journal_failed_ = true;
  stop("the journal could not be written");
}

void ApplyMachine::on(const apply::Answered& event) {
  if (states_[event.change] != State::sent) return;  // late answer of a change read back meanwhile
  --in_flight_;
  reconnects_ = 0;
  if (event.code == success) {
    settle(event.change, Outcome::applied, event.code);
  } else if (is_transient(event.code)) {
    retry_later(event.change, event.code);
  } else if (means_entry_moved_on(event.code)) {
    states_[event.change] = State::doubtful;
    answers_[event.change] = event.code;
    ++doubtful_;
    read_again(event.change);
  } else {
    refuse(event.change, event.code);
  }
}

void ApplyMachine::on(const apply::ConnectionLost&) {
  if (link_ != Link::up) return;
  link_ = Link::reconnecting;
  doubt_what_is_sent();
  actions_.emplace_back(apply::Reconnect{});
}

void ApplyMachine::on(const apply::Reconnected&) {
  if (link_ != Link::reconnecting && link_ != Link::lost) return;
  link_ = Link::up;
  for (std::size_t i = wave_first_; i < wave_last_; ++i)
    if (states_[i] == State::doubtful) read_again(i);
}

void ApplyMachine::on(const apply::ReconnectFailed&) {
  if (link_ != Link::reconnecting) return;
  if (++reconnects_ >= options_.max_reconnects)
    give_up("the directory could not be reached again");
  else
    reconnect_later();
}

/// Whether it is this entry or the connection that fails: both are tried again over a new one.
void ApplyMachine::on(const apply::ReadFailed& event) {
  if (states_[event.change] != State::doubtful || link_ != Link::up) return;
  doubt_what_is_sent();
  if (++failed_reads_[event.change] >= options_.max_failed_reads)
    give_up("an entry whose change is in doubt could not be read");
  else
    reconnect_later();
}

void ApplyMachine::on(const apply::HasReadBack& event) {
  if (states_[event.change] != State::doubtful || link_ != Link::up) return;
  --doubtful_;
  const int answer = answers_[event.change];
  switch (event.state) {
    case ReadBack::as_after:
      settle(event.change, Outcome::applied, success);
      break;
    case ReadBack::other:
      settle(event.change, Outcome::conflict, answer != success ? answer : assertion_failed);
      break;
    case ReadBack::as_before:
      if (answer == assertion_failed) {
        // Somebody changed the entry elsewhere: the assertion would fail every time.
        settle(event.change, Outcome::conflict, answer);
      } else if (answer != success) {
        refuse(event.change, answer);
      } else if (stopping_ || attempts_[event.change] >= options_.max_attempts) {
        settle(event.change, Outcome::not_applied, success);
      } else {
        // Not done. The intent is durable already, so it may be sent again.
        states_[event.change] = State::intended;
        ready_.push_back(event.change);
      }
      break;
  }
}

void ApplyMachine::on(const apply::TimerExpired&) {
  timer_armed_ = false;
  if (link_ == Link::lost) {
    link_ = Link::reconnecting;
    actions_.emplace_back(apply::Reconnect{});
  }
  for (const std::size_t change : waiting_) {
    states_[change] = State::intended;
    ready_.push_back(change);
  }
  waiting_.clear();
}

void ApplyMachine::on(const apply::StopRequested& event) {
  switch (event.mode) {
    case StopMode::drain:
      if (stopping_) return;
      drain_ = true;
      if (why_.empty()) why_ = "stopped on request at the end of a wave";
      break;
    case StopMode::normal:
      stop("stopped on request");
      break;
    case StopMode::now:
      finished_ = true;
      actions_.emplace_back(apply::Finish{
          false, "stopped at once on request; what has no outcome is settled at the next start"});
      break;
  }
}

void ApplyMachine::on(const apply::RestRequested&) {
  rest_wanted_ = true;
}

void ApplyMachine::on(const apply::RestOver&) {
  rest_wanted_ = false;
  resting_ = false;
}

/// Everything that follows from the state alone: sending, writing intents ahead, closing waves.
void ApplyMachine::proceed() {
  if (finished_) return;
  if (stopping_) {
    // What was intended and never sent has a certain outcome: it did not happen.
    for (const std::size_t change : ready_) settle(change, Outcome::not_applied, success);
    ready_.clear();
    for (const std::size_t change : waiting_) settle(change, Outcome::not_applied, success);
    waiting_.clear();
    const bool nothing_open = in_flight_ == 0 && doubtful_ == 0 && !writing_intents_;
    if (nothing_open || (link_ == Link::given_up && in_flight_ == 0 && !writing_intents_)) {
      finished_ = true;
      actions_.emplace_back(apply::Finish{false, why_});
    }
    return;
  }
  while (!resting_) {
    const bool want_more = !rest_wanted_ && ready_.size() < options_.window * 2;
    if (!writing_intents_ && want_more && intended_ < wave_last_ && !journal_failed_) {
      writing_intents_ = true;
      writing_first_ = intended_;
      intended_ = std::min(intended_ + options_.intent_batch, wave_last_);
      apply::WriteIntents write;
      for (std::size_t i = writing_first_; i < intended_; ++i) {
        if (!failed_.empty() && !take_out_failed_links(i)) states_[i] = State::dropped;
        write.changes.push_back(i);
      }
      actions_.emplace_back(std::move(write));
    }
    send_ready();
    if (!nothing_open()) return;
    const bool wave_done = intended_ == wave_last_;
    if (wave_done && (wave_last_ == plan_.changes.size() || drain_)) {
      finish_plan();
      return;
    }
    if (rest_wanted_) {
      resting_ = true;
      actions_.emplace_back(apply::Rest{});
      return;
    }
    if (!wave_done) return;
    wave_first_ = wave_last_;
    wave_last_ = wave_end(wave_first_);
  }
}

/// What was dropped because of entries that others made is planned again with those.
void ApplyMachine::finish_plan() {
  finished_ = true;
  const std::uint64_t planned_again = summary_.conflict > 0 ? dropped_ : 0;
  const bool completed =
      wave_last_ == plan_.changes.size() && summary_.not_applied == planned_again;
  if (!completed && why_.empty())
    why_ = "some changes lead to entries that could not be created, or were lost too often";
  actions_.emplace_back(apply::Finish{completed, completed ? std::string{} : why_});
}

bool ApplyMachine::nothing_open() const {
  return !writing_intents_ && ready_.empty() && waiting_.empty() && in_flight_ == 0 &&
         doubtful_ == 0;
}

void ApplyMachine::send_ready() {
  while (link_ == Link::up && !ready_.empty() && in_flight_ < options_.window) {
    const std::size_t change = ready_.front();
    ready_.pop_front();
    states_[change] = State::sent;
    ++attempts_[change];
    ++in_flight_;
    actions_.emplace_back(apply::Send{change});
  }
}

void ApplyMachine::settle(std::size_t change, Outcome outcome, int code) {
  states_[change] = State::done;
  ++done_;
  switch (outcome) {
    case Outcome::applied:
      ++summary_.applied;
      break;
    case Outcome::refused:
      ++summary_.refused;
      break;
    case Outcome::conflict:
      ++summary_.conflict;
      break;
    case Outcome::not_applied:
      ++summary_.not_applied;
      break;
  }
  if (outcome != Outcome::applied && plan_.changes[change].operation == Operation::create)
    failed_.insert(dn::normalise(plan_.changes[change].dn));
  actions_.emplace_back(apply::WriteOutcome{change, outcome, code});
}

void ApplyMachine::refuse(std::size_t change, int code) {
  settle(change, Outcome::refused, code);
  if (summary_.refused > options_.max_refusals)
    stop("the server refused " + std::to_string(summary_.refused) + " changes");
}

bool ApplyMachine::leads_to_failed(std::string_view value) const {
  const std::string_view dn = value.substr(0, value.find('$'));
  return dn.find('=') != std::string_view::npos && failed_.contains(dn::normalise(dn));
}

/// False when nothing of the change is left.
bool ApplyMachine::take_out_failed_links(std::size_t index) {
  Change& change = plan_.changes[index];
  const auto leads = [this](std::string_view v) { return leads_to_failed(v); };
  if (std::ranges::none_of(change.attributes, [&](const AttributeChange& a) {
        return std::ranges::any_of(a.added, leads);
      }))
    return true;
  std::vector<AttributeChange> kept;
  for (const AttributeChange& attribute : change.attributes) {
    std::vector<std::string_view> added;
    std::ranges::remove_copy_if(attribute.added, std::back_inserter(added), leads);
    AttributeChange rest = attribute;
    rest.added = plan_.store_views(added);
    if (added.empty() && !attribute.added.empty()) {
      // A new entry may need the attribute: without any value left it is better not made at all.
      // And what the values would have taken the place of stays: a group must not be left without a
      // member.
      if (change.operation == Operation::create) return false;
      continue;
    }
    if (!rest.added.empty() || !rest.removed.empty()) kept.push_back(rest);
  }
  change.attributes = plan_.store(std::span<const AttributeChange>(kept));
  return !kept.empty();
}

void ApplyMachine::retry_later(std::size_t change, int code) {
  if (attempts_[change] >= options_.max_attempts || stopping_) {
    refuse(change, code);
    return;
  }
  states_[change] = State::waiting;
  waiting_.push_back(change);
  if (timer_armed_) return;
  backoff_ms_ = std::min(std::max(backoff_ms_ * 2, first_backoff_ms), longest_backoff_ms);
  actions_.emplace_back(apply::SetTimer{backoff_ms_});
  timer_armed_ = true;
}

void ApplyMachine::stop(std::string why) {
  stopping_ = true;
  if (why_.empty() || drain_) why_ = std::move(why);
}

void ApplyMachine::read_again(std::size_t change) {
  actions_.emplace_back(apply::ReadEntry{change, answers_[change] == success});
}

/// What has no answer yet will not get one: nothing more comes over this connection.
void ApplyMachine::doubt_what_is_sent() {
  for (std::size_t i = wave_first_; i < wave_last_; ++i) {
    if (states_[i] != State::sent) continue;
    states_[i] = State::doubtful;
    answers_[i] = success;
    --in_flight_;
    ++doubtful_;
  }
}

void ApplyMachine::reconnect_later() {
  link_ = Link::lost;
  backoff_ms_ = std::min(std::max(backoff_ms_ * 2, first_backoff_ms), longest_backoff_ms);
  if (!timer_armed_) actions_.emplace_back(apply::SetTimer{backoff_ms_});
  timer_armed_ = true;
}

void ApplyMachine::give_up(std::string why) {
  link_ = Link::given_up;
  stop(std::move(why));
}

std::size_t ApplyMachine::wave_end(std::size_t from) const {
  std::size_t end = from;
  while (end < plan_.changes.size() && plan_.changes[end].wave == plan_.changes[from].wave) ++end;
  return end;
}

}  // namespace entsync
