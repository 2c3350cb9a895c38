#include "core/apply_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/plans.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string text(const apply::Action& action) {
  struct Printer {
    std::string operator()(const apply::WriteIntents& a) const {
      std::string out = "intents";
      for (const std::size_t c : a.changes) out += " " + std::to_string(c);
      return out;
    }
    std::string operator()(const apply::Send& a) const {
      return "send " + std::to_string(a.change);
    }
    std::string operator()(const apply::ReadEntry& a) const {
      return "read " + std::to_string(a.change);
    }
    std::string operator()(const apply::WriteOutcome& a) const {
      return "outcome " + std::to_string(a.change) + " " + std::string(to_string(a.outcome)) + " " +
             std::to_string(a.code);
    }
    std::string operator()(const apply::Reconnect& /*a*/) const { return "reconnect"; }
    std::string operator()(const apply::SetTimer& a) const {
      return "timer " + std::to_string(a.milliseconds);
    }
    std::string operator()(const apply::Rest& /*a*/) const { return "rest"; }
    std::string operator()(const apply::Finish& a) const {
      return a.completed ? "finish" : "give up: " + a.why;
    }
  };
  return std::visit(Printer{}, action);
}

ChangeText modify(int n, std::uint8_t in_wave = wave::modify) {
  return {Operation::modify,
          EntryKind::person,
          Profil::eleve,
          in_wave,
          person(n),
          {},
          {{"sn", {"A"}, {"B"}, false}}};
}

ChangeText create(int n) {
  return {Operation::create,         EntryKind::person, Profil::eleve,
          wave::create_persons,      person(n),         {},
          {{"sn", {}, {"B"}, false}}};
}

ChangeText group(Operation operation, std::vector<std::string> removed,
                 std::vector<std::string> added) {
  ChangeText change{
      operation, EntryKind::classe, std::nullopt, wave::groups, "cn=g,ou=groups,dc=ent,dc=test", {},
      {}};
  if (operation == Operation::create) change.attributes.push_back({"cn", {}, {"g"}, false});
  change.attributes.push_back({"member", std::move(removed), std::move(added), false});
  return change;
}

class Machine : public testing::Test {
 protected:
  void plan(const std::vector<ChangeText>& changes, ApplyOptions options = {}) {
    plan_ = plan_of(changes);
    machine_.emplace(plan_, options);
  }
  std::vector<std::string> on(const apply::Event& event) {
    std::vector<std::string> texts;
    for (const apply::Action& action : machine_->resume(event)) texts.push_back(text(action));
    return texts;
  }
  /// Starts and makes the first intents durable.
  std::vector<std::string> start() {
    on(apply::Start{});
    return on(apply::IntentsDurable{});
  }

  Plan plan_;
  std::optional<ApplyMachine> machine_;
};

TEST_F(Machine, AnEmptyPlanIsDoneAtOnce) {
  plan({});
  EXPECT_THAT(on(apply::Start{}), ElementsAre("finish"));
  EXPECT_TRUE(machine_->finished());
  EXPECT_THAT(on(apply::StopRequested{}), IsEmpty());
}

TEST_F(Machine, AnIntentIsDurableBeforeItsChangeIsSent) {
  plan({modify(1)});
  EXPECT_THAT(on(apply::Start{}), ElementsAre("intents 0"));
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("send 0"));
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "finish"));
  EXPECT_EQ(machine_->summary().applied, 1U);
}

TEST_F(Machine, AtMostTheWindowIsInFlight) {
  plan({modify(1), modify(2), modify(3)}, {.window = 2});
  on(apply::Start{});
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("send 0", "send 1"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "send 2"));
  EXPECT_EQ(machine_->in_flight(), 2U);
}

TEST_F(Machine, IntentsAreWrittenInBatchesAhead) {
  plan({modify(1), modify(2), modify(3)}, {.window = 1, .intent_batch = 1});
  EXPECT_THAT(on(apply::Start{}), ElementsAre("intents 0"));
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("intents 1", "send 0"));
}

TEST_F(Machine, AWaveIsAnsweredWholeBeforeTheNextBegins) {
  plan({modify(1, 0), modify(2, 0), modify(3, 1)});
  EXPECT_THAT(start(), ElementsAre("send 0", "send 1"));
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "intents 2"));
}

TEST_F(Machine, ARefusalDoesNotStopItsWave) {
  plan({modify(1), modify(2)});
  start();
  EXPECT_THAT(on(apply::Answered{0, 65}), ElementsAre("outcome 0 refused 65"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "finish"));
}

TEST_F(Machine, TooManyRefusalsStopTheRun) {
  plan({modify(1), modify(2), modify(3), modify(4)}, {.window = 1, .max_refusals = 1});
  start();
  EXPECT_THAT(on(apply::Answered{0, 53}), ElementsAre("outcome 0 refused 53", "send 1"));
  EXPECT_THAT(on(apply::Answered{1, 53}),
              ElementsAre("outcome 1 refused 53", "outcome 2 not-applied 0",
                          "outcome 3 not-applied 0", "give up: the server refused 2 changes"));
}

TEST_F(Machine, ABusyServerIsAskedAgainLaterAndNotForEver) {
  plan({modify(1)}, {.max_attempts = 3});
  start();
  EXPECT_THAT(on(apply::Answered{0, 51}), ElementsAre("timer 200"));
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("send 0"));
  EXPECT_THAT(on(apply::Answered{0, 51}), ElementsAre("timer 400"));
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("send 0"));
  EXPECT_THAT(on(apply::Answered{0, 52}), ElementsAre("outcome 0 refused 52", "finish"))
      << "with the code that the server gave";
}

TEST_F(Machine, ALostConnectionPutsWhatIsUnansweredInDoubt) {
  plan({modify(1), modify(2), modify(3)}, {.window = 2});
  start();
  EXPECT_THAT(on(apply::ConnectionLost{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::ConnectionLost{}), IsEmpty()) << "said by each request in flight";
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0", "read 1", "send 2"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_after}), ElementsAre("outcome 0 applied 0"));
  EXPECT_THAT(on(apply::HasReadBack{1, ReadBack::as_before}), ElementsAre("send 1"));
  EXPECT_THAT(on(apply::Answered{2, 0}), ElementsAre("outcome 2 applied 0"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "finish"));
}

TEST_F(Machine, ALateAnswerOfAChangeThatWasReadBackCountsForNothing) {
  plan({modify(1), modify(2)}, {.window = 1});
  start();
  on(apply::ConnectionLost{});
  on(apply::Reconnected{});
  EXPECT_THAT(on(apply::Answered{0, 0}), IsEmpty()) << "still in doubt";
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_after}), ElementsAre("outcome 0 applied 0"));
  EXPECT_THAT(on(apply::Answered{0, 0}), IsEmpty()) << "settled";
  EXPECT_EQ(machine_->summary().applied, 1U);
}

TEST_F(Machine, ASecondLossReadsAgain) {
  plan({modify(1)});
  start();
  on(apply::ConnectionLost{});
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0"));
  EXPECT_THAT(on(apply::ConnectionLost{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_before}), IsEmpty())
      << "of the lost connection";
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0"));
}

TEST_F(Machine, AChangeThatIsLostAgainAndAgainIsGivenUpWithAReason) {
  plan({modify(1)}, {.max_attempts = 2});
  start();
  std::string last;
  for (const char* next : {"send 0", "outcome 0 not-applied 0"}) {
    on(apply::ConnectionLost{});
    on(apply::Reconnected{});
    const auto actions = on(apply::HasReadBack{0, ReadBack::as_before});
    EXPECT_EQ(actions.at(0), next);
    last = actions.back();
  }
  EXPECT_THAT(last, HasSubstr("give up: "));
  EXPECT_NE(last, "give up: ");
}

TEST_F(Machine, AReconnectThatFailsIsTriedAgainWithBackOffAndNotForEver) {
  plan({modify(1)}, {.max_reconnects = 3});
  start();
  EXPECT_THAT(on(apply::ConnectionLost{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::ReconnectFailed{}), ElementsAre("timer 200"));
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::ReconnectFailed{}), ElementsAre("timer 400"));
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::ReconnectFailed{}),
              ElementsAre("give up: the directory could not be reached again"))
      << "the open intent is for the next start";
}

TEST_F(Machine, AnEntryInDoubtThatCannotBeReadIsTriedAgainWithBackOffAndStaysInDoubt) {
  plan({modify(1), modify(2)}, {.window = 1, .max_failed_reads = 3});
  start();
  on(apply::ConnectionLost{});
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0", "send 1"));
  EXPECT_THAT(on(apply::ReadFailed{0}), ElementsAre("timer 200"));
  EXPECT_THAT(on(apply::ReadFailed{0}), IsEmpty()) << "of the connection that is given up";
  EXPECT_THAT(on(apply::ConnectionLost{}), IsEmpty());
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("reconnect"));
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0", "read 1"));
  EXPECT_THAT(on(apply::HasReadBack{1, ReadBack::as_after}), ElementsAre("outcome 1 applied 0"));
  EXPECT_THAT(on(apply::ReadFailed{0}), ElementsAre("timer 400"));
  on(apply::TimerExpired{});
  on(apply::Reconnected{});
  EXPECT_THAT(on(apply::ReadFailed{0}),
              ElementsAre("give up: an entry whose change is in doubt could not be read"))
      << "without an outcome: the open intent is for the next start";
  EXPECT_EQ(machine_->summary().conflict, 0U);
}

TEST_F(Machine, SaysWhetherTheServerMayStillBeAtWorkOnAChange) {
  plan({modify(1), modify(2)});
  start();
  const auto answered = machine_->resume(apply::Answered{0, 122});
  EXPECT_FALSE(std::get<apply::ReadEntry>(answered.at(0)).answer_lost);
  on(apply::ConnectionLost{});
  const auto lost = machine_->resume(apply::Reconnected{});
  EXPECT_FALSE(std::get<apply::ReadEntry>(lost.at(0)).answer_lost) << "it was answered";
  EXPECT_TRUE(std::get<apply::ReadEntry>(lost.at(1)).answer_lost);
}

TEST_F(Machine, AnEntryThatMovedOnIsReadAndIsAConflict) {
  plan({modify(1)});
  start();
  EXPECT_THAT(on(apply::Answered{0, 122}), ElementsAre("read 0"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::other}),
              ElementsAre("outcome 0 conflict 122", "finish"));
}

TEST_F(Machine, AnEntryThatMovedOnElsewhereIsAConflictTooAndNotSentAgain) {
  plan({modify(1)});
  start();
  on(apply::Answered{0, 122});
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_before}),
              ElementsAre("outcome 0 conflict 122", "finish"))
      << "the assertion would fail every time";
}

TEST_F(Machine, AnEntryThatIsAlreadyAsWantedIsApplied) {
  plan({modify(1)});
  start();
  EXPECT_THAT(on(apply::Answered{0, 20}), ElementsAre("read 0"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_after}),
              ElementsAre("outcome 0 applied 0", "finish"));
}

TEST_F(Machine, AnAnswerThatTheEntryDoesNotExplainIsARefusal) {
  plan({create(1)});
  start();
  EXPECT_THAT(on(apply::Answered{0, 32}), ElementsAre("read 0")) << "the branch is missing";
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_before}),
              ElementsAre("outcome 0 refused 32", "finish"));
}

TEST_F(Machine, AStopFinishesWhatIsInFlightAndSettlesWhatIsIntended) {
  plan({modify(1), modify(2), modify(3)}, {.window = 1});
  start();
  EXPECT_THAT(on(apply::StopRequested{}),
              ElementsAre("outcome 1 not-applied 0", "outcome 2 not-applied 0"));
  EXPECT_THAT(on(apply::Answered{0, 0}),
              ElementsAre("outcome 0 applied 0", "give up: stopped on request"));
}

TEST_F(Machine, AStopWhileIntentsAreWrittenWaitsForThem) {
  plan({modify(1)});
  on(apply::Start{});
  EXPECT_THAT(on(apply::StopRequested{}), IsEmpty());
  EXPECT_THAT(on(apply::IntentsDurable{}),
              ElementsAre("outcome 0 not-applied 0", "give up: stopped on request"));
}

TEST_F(Machine, AStopWhileADoubtIsOpenResolvesIt) {
  plan({modify(1)});
  start();
  on(apply::ConnectionLost{});
  EXPECT_THAT(on(apply::StopRequested{}), IsEmpty());
  EXPECT_THAT(on(apply::Reconnected{}), ElementsAre("read 0"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_before}),
              ElementsAre("outcome 0 not-applied 0", "give up: stopped on request"));
}

TEST_F(Machine, ADrainFinishesTheWaveAndBeginsNoOther) {
  plan({modify(1, 0), modify(2, 0), modify(3, 1)}, {.window = 1});
  start();
  EXPECT_THAT(on(apply::StopRequested{StopMode::drain}), IsEmpty());
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "send 1"));
  EXPECT_THAT(
      on(apply::Answered{1, 0}),
      ElementsAre("outcome 1 applied 0", "give up: stopped on request at the end of a wave"));
}

TEST_F(Machine, AStopAfterADrainIsAStop) {
  plan({modify(1), modify(2)}, {.window = 1});
  start();
  on(apply::StopRequested{StopMode::drain});
  EXPECT_THAT(on(apply::StopRequested{}), ElementsAre("outcome 1 not-applied 0"));
  EXPECT_THAT(on(apply::Answered{0, 0}),
              ElementsAre("outcome 0 applied 0", "give up: stopped on request"));
}

TEST_F(Machine, ADrainInTheLastWaveCompletesThePlan) {
  plan({modify(1)});
  start();
  on(apply::StopRequested{StopMode::drain});
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "finish"));
}

TEST_F(Machine, AStopAtOnceWaitsForNothingAndGuessesNothing) {
  plan({modify(1), modify(2), modify(3)}, {.window = 1});
  start();
  EXPECT_THAT(on(apply::StopRequested{StopMode::now}),
              ElementsAre("give up: stopped at once on request; what has no outcome is settled at "
                          "the next start"));
  EXPECT_THAT(on(apply::Answered{0, 0}), IsEmpty()) << "the intents stay open";
}

TEST_F(Machine, AStopAtOnceAfterAStopIsOneAtOnce) {
  plan({modify(1)});
  start();
  on(apply::ConnectionLost{});
  EXPECT_THAT(on(apply::StopRequested{}), IsEmpty());
  EXPECT_THAT(on(apply::StopRequested{StopMode::now}), SizeIs(1));
  EXPECT_TRUE(machine_->finished());
}

TEST_F(Machine, ADrainAfterAStopChangesNothing) {
  plan({modify(1), modify(2)}, {.window = 1});
  start();
  EXPECT_THAT(on(apply::StopRequested{}), ElementsAre("outcome 1 not-applied 0"));
  EXPECT_THAT(on(apply::StopRequested{StopMode::drain}), IsEmpty());
  EXPECT_THAT(on(apply::Answered{0, 0}),
              ElementsAre("outcome 0 applied 0", "give up: stopped on request"));
}

TEST_F(Machine, NothingIsSentOnceTheJournalFailed) {
  plan({modify(1), modify(2), modify(3)}, {.window = 1, .intent_batch = 1});
  EXPECT_THAT(on(apply::Start{}), ElementsAre("intents 0"));
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("intents 1", "send 0"));
  EXPECT_THAT(on(apply::JournalFailed{}), IsEmpty());
  EXPECT_THAT(on(apply::Answered{0, 0}),
              ElementsAre("outcome 0 applied 0", "give up: the journal could not be written"));
}

TEST_F(Machine, AJournalThatFailsAtOnceSendsNothing) {
  plan({modify(1)});
  on(apply::Start{});
  EXPECT_THAT(on(apply::JournalFailed{}), ElementsAre("give up: the journal could not be written"));
}

// Links to entries that could not be created
// -------------------------------------------------------

TEST_F(Machine, ALinkToAnEntryThatCouldNotBeCreatedIsTakenOut) {
  plan({create(1), group(Operation::modify, {}, {person(1), person(2)})});
  start();
  EXPECT_THAT(on(apply::Answered{0, 65}), ElementsAre("outcome 0 refused 65", "intents 1"));
  EXPECT_THAT(plan_.changes[1].attributes[0].added, ElementsAre(person(2)));
}

TEST_F(Machine, AGroupIsNotEmptiedForSomebodyWhoCouldNotBeCreated) {
  plan({create(1), group(Operation::modify, {""}, {person(1)})});
  start();
  on(apply::Answered{0, 65});
  const auto actions = on(apply::IntentsDurable{});
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0], "outcome 1 not-applied 0") << "without its placeholder it would be empty";
  EXPECT_THAT(actions[1], HasSubstr("give up: "));
  EXPECT_NE(actions[1], "give up: ") << "says why it is not complete";
}

TEST_F(Machine, ANewGroupOfWhichNobodyCouldBeCreatedIsNotMade) {
  plan({create(1), group(Operation::create, {}, {person(1)})});
  start();
  on(apply::Answered{0, 65});
  EXPECT_EQ(on(apply::IntentsDurable{}).at(0), "outcome 1 not-applied 0");
}

TEST_F(Machine, LinksToChangesThatWereOnlyModifiedStay) {
  plan({modify(1), group(Operation::modify, {}, {person(1)})});
  start();
  on(apply::Answered{0, 65});
  EXPECT_THAT(plan_.changes[1].attributes[0].added, ElementsAre(person(1)));
}

TEST_F(Machine, CompositesAndOtherSpellingsOfTheDnAreTakenOutToo) {
  ChangeText pupil = modify(2);
  pupil.attributes.push_back(
      {"ENTElevePersRelEleve", {}, {"UID=P1, ou=people,dc=ent,dc=test$10"}, false});
  plan({create(1), pupil});
  start();
  on(apply::Answered{0, 65});
  EXPECT_EQ(plan_.changes[1].attributes.size(), 1U);
  EXPECT_EQ(plan_.changes[1].attributes[0].attribute, "sn");
}

TEST_F(Machine, WhatLeadsToAnEntryThatSomebodyElseMadeIsPlannedAgainWithIt) {
  plan({create(1), group(Operation::create, {}, {person(1)})});
  start();
  on(apply::Answered{0, 68});
  on(apply::HasReadBack{0, ReadBack::other});
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("outcome 1 not-applied 0", "finish"));
  EXPECT_EQ(machine_->summary().conflict, 1U) << "so it is planned again";
}

// Rest for somebody else
// -----------------------------------------------------------------------------------------------

TEST_F(Machine, ARestComesWhenAllThatWasIntendedIsAnswered) {
  plan({modify(1), modify(2), modify(3)}, {.window = 1, .intent_batch = 2});
  start();
  EXPECT_THAT(on(apply::RestRequested{}), IsEmpty());
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "send 1"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "rest"))
      << "nothing more is intended";
  EXPECT_THAT(on(apply::RestRequested{}), IsEmpty()) << "it rests already";
  EXPECT_THAT(on(apply::RestOver{}), ElementsAre("intents 2"));
}

TEST_F(Machine, ARestMayLieBetweenTwoWaves) {
  plan({modify(1, 0), modify(2, 1)});
  start();
  on(apply::RestRequested{});
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "rest"));
  EXPECT_THAT(on(apply::RestOver{}), ElementsAre("intents 1"));
}

TEST_F(Machine, ARestThatNobodyWantsAnyMoreDoesNotCome) {
  plan({modify(1), modify(2)}, {.window = 1, .intent_batch = 1});
  on(apply::Start{});
  on(apply::RestRequested{});
  EXPECT_THAT(on(apply::IntentsDurable{}), ElementsAre("send 0"));
  EXPECT_THAT(on(apply::RestOver{}), ElementsAre("intents 1"));
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0"));
}

TEST_F(Machine, TheEndOfThePlanNeedsNoRest) {
  plan({modify(1)});
  start();
  on(apply::RestRequested{});
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "finish"));
}

TEST_F(Machine, ARestWaitsForWhatIsInDoubtAndForWhatIsTriedAgain) {
  plan({modify(1), modify(2), modify(3)}, {.window = 2, .intent_batch = 2});
  on(apply::Start{});
  on(apply::RestRequested{});
  on(apply::IntentsDurable{});
  EXPECT_THAT(on(apply::Answered{0, 122}), ElementsAre("read 0"));
  EXPECT_THAT(on(apply::Answered{1, 51}), ElementsAre("timer 200"));
  EXPECT_THAT(on(apply::HasReadBack{0, ReadBack::as_after}), ElementsAre("outcome 0 applied 0"));
  EXPECT_THAT(on(apply::TimerExpired{}), ElementsAre("send 1"));
  EXPECT_THAT(on(apply::Answered{1, 0}), ElementsAre("outcome 1 applied 0", "rest"));
}

TEST_F(Machine, AStopDuringARestEndsIt) {
  plan({modify(1), modify(2)}, {.window = 1, .intent_batch = 1});
  on(apply::Start{});
  on(apply::RestRequested{});
  on(apply::IntentsDurable{});
  EXPECT_THAT(on(apply::Answered{0, 0}), ElementsAre("outcome 0 applied 0", "rest"));
  EXPECT_THAT(on(apply::StopRequested{}), ElementsAre("give up: stopped on request"));
  EXPECT_THAT(on(apply::RestOver{}), IsEmpty());
}

TEST_F(Machine, ADrainDuringARestFinishesTheWaveAfterwards) {
  plan({modify(1, 0), modify(2, 0), modify(3, 1)}, {.window = 1, .intent_batch = 1});
  on(apply::Start{});
  on(apply::RestRequested{});
  on(apply::IntentsDurable{});
  on(apply::Answered{0, 0});
  EXPECT_THAT(on(apply::StopRequested{StopMode::drain}), IsEmpty());
  EXPECT_THAT(on(apply::RestOver{}), ElementsAre("intents 1"));
  on(apply::IntentsDurable{});
  EXPECT_THAT(
      on(apply::Answered{1, 0}),
      ElementsAre("outcome 1 applied 0", "give up: stopped on request at the end of a wave"));
}

TEST_F(Machine, CountsWhatBecameOfEveryChange) {
  plan({modify(1), modify(2), modify(3), modify(4)}, {.window = 4});
  start();
  on(apply::Answered{0, 0});
  on(apply::Answered{1, 65});
  on(apply::Answered{2, 122});
  on(apply::HasReadBack{2, ReadBack::other});
  EXPECT_EQ(machine_->answered(), 3U);
  on(apply::Answered{3, 0});
  EXPECT_EQ(machine_->summary().applied, 2U);
  EXPECT_EQ(machine_->summary().refused, 1U);
  EXPECT_EQ(machine_->summary().conflict, 1U);
  EXPECT_EQ(machine_->summary().not_applied, 0U);
}

}  // namespace
}  // namespace entsync::test
