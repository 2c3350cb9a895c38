#include "simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/dn.hpp"

namespace entsync::test {
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

ReadBack read_entry(const MemoryDirectory& directory, const Rules& rules, const Change& change) {
  const auto values = directory.read(change.dn, rules);
  return read_back(change, rules.target, values ? &*values : nullptr);
}

}  // namespace

void MemoryJournal::recover(const MemoryDirectory& directory, const Rules& rules) {
  for (Intent& intent : intents) {
    if (!intent.outcomes.empty()) continue;
    intent.outcomes.push_back(outcome_of(read_entry(directory, rules, intent.change)));
  }
}

Simulation::Simulation(const Rules& rules, MemoryDirectory& directory, TestLedger& ledger,
                       MemoryJournal& journal, Plan& plan, ApplyOptions options, Fault fault,
                       std::uint32_t seed)
    : rules_(rules),
      directory_(directory),
      ledger_(ledger),
      journal_(journal),
      plan_(plan),
      options_(options),
      fault_(fault),
      seed_(seed),
      machine_(plan, options),
      intent_of_(plan.changes.size()),
      outcomes_of_(plan.changes.size(), 0),
      applied_(plan.changes.size(), 0) {}

std::uint32_t Simulation::random(std::uint32_t below) {
  seed_ = seed_ * 1664525U + 1013904223U;
  return (seed_ >> 16U) % below;
}

void Simulation::run() {
  // All of them before anything is sent: a link may lead to somebody whose intent comes later.
  ledger_.remember(plan_);
  events_.emplace_back(apply::Start{});
  // Far more than any run needs: a machine that turns in circles fails instead of hanging.
  for (std::size_t step = 0; step < 200 * (plan_.changes.size() + 10); ++step) {
    if (finish_ || crashed_) break;
    if (events_.empty() && !next_event()) {
      ADD_FAILURE() << "the machine waits for nothing that could happen";
      return;
    }
    const apply::Event event = events_.front();
    events_.pop_front();
    if (std::holds_alternative<apply::RestOver>(event)) resting_ = false;
    told_ = told_ || std::holds_alternative<apply::JournalFailed>(event);
    for (const apply::Action& action : machine_.resume(event)) {
      if (is_due(Way::crash, ++actions_)) fired_ = crashed_ = true;
      if (crashed_) break;
      std::visit([this](const auto& a) { perform(a); }, action);
    }
  }
  if (crashed_) {
    // The server may or may not have acted on what was on the wire.
    for (const OnWire& sent : wire_)
      if (random(2) == 0) act(sent.change);
    return;
  }
  ASSERT_TRUE(finish_.has_value()) << "the machine never finishes";
  if (fault_.way == Way::stop_now && fired_) {
    // Nobody waits for what is on the wire; the server may act on it all the same.
    for (const OnWire& sent : wire_)
      if (random(2) == 0) act(sent.change);
  } else {
    EXPECT_EQ(machine_.in_flight(), 0U);
  }
  EXPECT_TRUE(machine_.finished());
  EXPECT_TRUE(finish_->completed || !finish_->why.empty()) << "an incomplete run says why";
  EXPECT_TRUE(machine_.resume(apply::TimerExpired{}).empty()) << "deaf after Finish";
  if (!journal_dead_) make_outcomes_durable();
}

/// What happens next on the outside: an answer in any order, a read-back, at last a timer.
bool Simulation::next_event() {
  if (!wire_.empty()) {
    const std::size_t i = random(static_cast<std::uint32_t>(wire_.size()));
    const OnWire sent = wire_[i];
    wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(i));
    answer(sent);
    return true;
  }
  if (!reads_.empty()) {
    const std::size_t change = reads_.front();
    reads_.erase(reads_.begin());
    if (failing_reads_ > 0) {
      --failing_reads_;
      lose_connection(std::nullopt);
      events_.back() = apply::ReadFailed{change};
      return true;
    }
    events_.emplace_back(
        apply::HasReadBack{change, read_entry(directory_, rules_, plan_.changes[change])});
    if (late_ && late_->change == change) events_.emplace_back(*std::exchange(late_, std::nullopt));
    return true;
  }
  if (timers_ != 0) {
    --timers_;
    events_.emplace_back(apply::TimerExpired{});
    return true;
  }
  return false;
}

/// The server carries the change out; its result code.
int Simulation::act(std::size_t change) {
  const int code = directory_.apply(plan_.changes[change]);
  if (code == success) {
    EXPECT_EQ(++applied_[change], 1) << plan_.changes[change].dn << " was applied twice";
    journal_.intents[*intent_of_[change]].really_applied = true;
  }
  return code;
}

void Simulation::lose_connection(std::optional<std::size_t> acted) {
  if (acted) act(*acted);
  for (const OnWire& other : wire_)
    if (random(2) == 0) act(other.change);
  wire_.clear();
  reads_.clear();
  events_.emplace_back(apply::ConnectionLost{});
}

/// Somebody else changes the entry: an attribute that is ours, so that planning again mends it.
void Simulation::touch(std::size_t change) {
  const Change& c = plan_.changes[change];
  const char* name = c.kind == EntryKind::person      ? "sn"
                     : c.kind == EntryKind::structure ? "ENTStructureNomCourant"
                                                      : "ENTGroupeNom";
  if (c.operation == Operation::absent)
    touches_.push_back({std::string(c.dn), name, directory_.at(c.dn).value(name)});
  directory_.clear(c.dn, name);
  directory_.put(c.dn, name, "CHANGE PAR UN AUTRE");
}

void Simulation::take_back_touches() {
  for (const Touch& touch : touches_) {
    directory_.clear(touch.dn, touch.attribute);
    directory_.put(touch.dn, touch.attribute, touch.before);
  }
}

void Simulation::answer(OnWire sent) {
  const bool create = plan_.changes[sent.change].operation == Operation::create;
  const auto due = [&](Way way) { return is_due(way, sent.number); };
  const auto say = [&](int code) { events_.emplace_back(apply::Answered{sent.change, code}); };
  if (due(Way::refuse)) {
    fired_ = true;
    say(unwilling_to_perform);
  } else if (due(Way::transient_busy)) {
    fired_ = true;
    say(busy);
  } else if (due(Way::lost_before) || due(Way::reconnect_fails) || due(Way::reconnect_never)) {
    fired_ = true;
    if (fault_.way == Way::reconnect_fails) failing_reconnects_ = 3;
    if (fault_.way == Way::reconnect_never) failing_reconnects_ = 1'000;
    lose_connection(std::nullopt);
  } else if (due(Way::lost_after) || due(Way::read_fails) || due(Way::read_never)) {
    fired_ = true;
    if (fault_.way == Way::read_fails) failing_reads_ = 2;
    if (fault_.way == Way::read_never) failing_reads_ = 1'000;
    lose_connection(sent.change);
  } else if (due(Way::late_answer)) {
    fired_ = true;
    late_ = apply::Answered{sent.change, success};
    lose_connection(sent.change);
  } else if (due(Way::other) && !create) {
    fired_ = true;
    touch(sent.change);
    lose_connection(std::nullopt);
  } else if (due(Way::assertion) && !create) {
    fired_ = true;
    touch(sent.change);
    const int code = act(sent.change);
    EXPECT_EQ(code, assertion_failed);
    say(code);
  } else {
    if (due(Way::stop) || due(Way::drain) || due(Way::stop_now)) {
      fired_ = true;
      const StopMode mode = fault_.way == Way::drain  ? StopMode::drain
                            : fault_.way == Way::stop ? StopMode::normal
                                                      : StopMode::now;
      events_.emplace_back(apply::StopRequested{mode});
    }
    say(act(sent.change));
  }
}

void Simulation::perform(const apply::WriteIntents& action) {
  ++intent_writes_;
  EXPECT_FALSE(action.changes.empty());
  EXPECT_FALSE(resting_);
  EXPECT_LE(action.changes.size(), options_.intent_batch);
  if (is_due(Way::intents_fail, intent_writes_) || journal_dead_) {
    fired_ = journal_dead_ = true;
    pending_outcomes_.clear();  // they were in the same commit
    events_.emplace_back(apply::JournalFailed{});
    return;
  }
  make_outcomes_durable();
  for (const std::size_t change : action.changes) {
    EXPECT_FALSE(intent_of_[change].has_value()) << "one intent for each change";
    intent_of_[change] = journal_.intents.size();
    journal_.intents.push_back({plan_.changes[change], {}, false});
  }
  events_.emplace_back(apply::IntentsDurable{});
}

void Simulation::perform(const apply::Send& action) {
  const Change& change = plan_.changes[action.change];
  EXPECT_TRUE(intent_of_[action.change].has_value()) << "sent before its intent was durable";
  EXPECT_FALSE(told_) << "sent although the journal failed";
  EXPECT_FALSE(change.attributes.empty()) << "sent without anything to change";
  for (const OnWire& other : wire_)
    EXPECT_NE(dn::normalise(plan_.changes[other.change].dn), dn::normalise(change.dn));
  for (std::size_t i = 0; i < plan_.changes.size(); ++i)
    EXPECT_TRUE(plan_.changes[i].wave >= change.wave || outcomes_of_[i] == 1)
        << "a wave begins before the last one was answered whole";
  EXPECT_FALSE(resting_);
  wire_.push_back({action.change, ++sends_});
  if (rest_every_ != 0 && sends_ % rest_every_ == 0) events_.emplace_back(apply::RestRequested{});
  EXPECT_LE(wire_.size(), options_.window);
}

void Simulation::perform(const apply::ReadEntry& action) {
  reads_.push_back(action.change);
}

void Simulation::perform(const apply::WriteOutcome& action) {
  EXPECT_TRUE(intent_of_[action.change].has_value()) << "an outcome without an intent";
  EXPECT_EQ(++outcomes_of_[action.change], 1) << "a second outcome";
  const bool applied = applied_[action.change] == 1;
  EXPECT_EQ(action.outcome == Outcome::applied, applied)
      << plan_.changes[action.change].dn << " " << to_string(action.outcome);
  pending_outcomes_.emplace_back(action.change, action.outcome);
  if (is_due(Way::outcomes_fail, ++outcomes_)) {
    fired_ = journal_dead_ = true;
    pending_outcomes_.clear();
    events_.emplace_back(apply::JournalFailed{});
  }
}

void Simulation::perform(const apply::Reconnect& /*action*/) {
  if (failing_reconnects_ > 0) {
    --failing_reconnects_;
    events_.emplace_back(apply::ReconnectFailed{});
  } else {
    events_.emplace_back(apply::Reconnected{});
  }
}

void Simulation::perform(const apply::SetTimer& action) {
  EXPECT_GT(action.milliseconds, 0);
  EXPECT_LE(action.milliseconds, 10'000);
  EXPECT_EQ(timers_, 0) << "one timer at a time";
  ++timers_;
}

/// Whoever comes in finds nothing on the way and nothing open.
void Simulation::perform(const apply::Rest& /*action*/) {
  EXPECT_FALSE(resting_);
  EXPECT_TRUE(wire_.empty() && reads_.empty());
  EXPECT_EQ(machine_.in_flight(), 0U);
  for (std::size_t i = 0; i < plan_.changes.size(); ++i)
    EXPECT_EQ(intent_of_[i].has_value(), outcomes_of_[i] == 1) << "an intent is open";
  resting_ = true;
  ++rests_;
  events_.emplace_back(apply::RestOver{});
}

void Simulation::perform(const apply::Finish& action) {
  finish_ = action;
}

void Simulation::make_outcomes_durable() {
  for (const auto& [change, outcome] : pending_outcomes_)
    journal_.intents[*intent_of_[change]].outcomes.push_back(outcome);
  pending_outcomes_.clear();
}

}  // namespace entsync::test
