#include "core/giving_way.hpp"

#include <gtest/gtest.h>

namespace entsync::test {
namespace {

using Phase = GivingWay::Phase;
using namespace std::chrono_literals;

TEST(GivingWay, NobodyEntersWhileIdentitiesAreMade) {
  GivingWay way;
  const auto one = way.ask();
  EXPECT_FALSE(way.may_enter(one));
  EXPECT_FALSE(way.wants_rest(1s));
  EXPECT_EQ(way.waiting(), 1U);
}

TEST(GivingWay, PartsWorkBesideARunThatReadsOneAtATimeInTheirOrder) {
  GivingWay way;
  way.set_phase(Phase::reading);
  const auto one = way.ask();
  const auto two = way.ask();
  EXPECT_FALSE(way.may_enter(two));
  ASSERT_TRUE(way.may_enter(one));
  way.enter(one);
  EXPECT_TRUE(way.is_occupied());
  EXPECT_FALSE(way.may_enter(two));
  way.leave();
  EXPECT_TRUE(way.may_enter(two)) << "nobody rests for it";
}

TEST(GivingWay, WhoIsInsideStaysWhenAPhaseCloses) {
  GivingWay way;
  way.set_phase(Phase::reading);
  const auto one = way.ask();
  const auto two = way.ask();
  way.enter(one);
  way.set_phase(Phase::closed);
  EXPECT_TRUE(way.is_occupied());
  way.leave();
  EXPECT_FALSE(way.is_occupied());
  EXPECT_FALSE(way.may_enter(two));
}

TEST(GivingWay, ARunThatAppliesRestsForAPart) {
  GivingWay way;
  way.set_phase(Phase::applying);
  EXPECT_FALSE(way.wants_rest(1s)) << "nobody waits";
  const auto one = way.ask();
  EXPECT_TRUE(way.wants_rest(1s));
  EXPECT_FALSE(way.may_enter(one)) << "not before it rests";
  way.rests(2s);
  EXPECT_FALSE(way.rest_is_over());
  ASSERT_TRUE(way.may_enter(one));
  way.enter(one);
  EXPECT_FALSE(way.rest_is_over());
  EXPECT_FALSE(way.wants_rest(3s));
  way.leave();
  EXPECT_TRUE(way.rest_is_over());
}

TEST(GivingWay, AfterAPartTheRunGoesOnForAsLongAsItRested) {
  GivingWay way;
  way.set_phase(Phase::applying);
  const auto one = way.ask();
  const auto two = way.ask();
  way.rests(10s);
  way.enter(one);
  way.leave();
  EXPECT_FALSE(way.may_enter(two)) << "one part for each rest";
  way.goes_on(13s);
  EXPECT_FALSE(way.wants_rest(15s));
  EXPECT_EQ(way.ask_again(15s), 16s);
  EXPECT_TRUE(way.wants_rest(16s));
  EXPECT_EQ(way.ask_again(16s), std::nullopt);
  way.rests(17s);
  EXPECT_TRUE(way.may_enter(two));
}

TEST(GivingWay, ARestThatNobodyWantsAnyMoreIsOver) {
  GivingWay way;
  way.set_phase(Phase::applying);
  const auto one = way.ask();
  way.give_up(one);
  EXPECT_FALSE(way.wants_rest(1s));
  way.rests(1s);
  EXPECT_TRUE(way.rest_is_over());
  way.goes_on(1s);
  EXPECT_FALSE(way.rest_is_over());
}

TEST(GivingWay, ARunThatEndsWhileItRestsLetsNobodyElseIn) {
  GivingWay way;
  way.set_phase(Phase::applying);
  const auto one = way.ask();
  const auto two = way.ask();
  way.rests(1s);
  way.enter(one);
  way.set_phase(Phase::closed);
  way.goes_on(2s);
  way.leave();
  EXPECT_FALSE(way.rest_is_over());
  EXPECT_FALSE(way.may_enter(two));
  EXPECT_EQ(way.waiting(), 1U);
}

/// However many wait, and however long they take, half of the time is the run's.
TEST(GivingWay, PartsTakeAtMostHalfOfTheTime) {
  GivingWay way;
  way.set_phase(Phase::applying);
  std::deque<GivingWay::Ticket> parts;
  for (int i = 0; i < 50; ++i) parts.push_back(way.ask());
  GivingWay::Time now = 0s;
  GivingWay::Time rested = 0s;
  while (!parts.empty()) {
    while (!way.wants_rest(now)) now = way.ask_again(now).value();
    const GivingWay::Time took = std::chrono::milliseconds(100 + 37 * (parts.size() % 7));
    way.rests(now);
    ASSERT_TRUE(way.may_enter(parts.front()));
    way.enter(parts.front());
    parts.pop_front();
    now += took;
    rested += took;
    way.leave();
    way.goes_on(now);
  }
  EXPECT_LE(rested - 400ms, now / 2);
}

}  // namespace
}  // namespace entsync::test
