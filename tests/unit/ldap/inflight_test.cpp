#include "connectors/ldap/inflight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::ldap {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr InFlight::Time start{};

InFlight::Limits limits(std::size_t unanswered = 96) {
  return {unanswered, 10s};
}

TEST(InFlight, OperationsAreSentInTheOrderTheyCame) {
  InFlight table(limits());
  const auto first = table.accept();
  const auto second = table.accept();
  EXPECT_EQ(table.next(), first);
  EXPECT_EQ(table.next(), first) << "asking is not sending";
  table.sent(1, start);
  EXPECT_EQ(table.next(), second);
  table.sent(2, start);
  EXPECT_EQ(table.next(), std::nullopt);
}

TEST(InFlight, NothingIsSentAboveTheLimitUntilAnAnswerMakesRoom) {
  InFlight table(limits(2));
  for (int i = 0; i < 3; ++i) table.accept();
  table.sent(1, start);
  table.sent(2, start);
  EXPECT_EQ(table.next(), std::nullopt);
  EXPECT_EQ(table.unanswered(), 2U);
  ASSERT_TRUE(table.answered(2, start));
  EXPECT_TRUE(table.next());
}

TEST(InFlight, AnAnswerBelongsToTheOperationOfItsMessageId) {
  InFlight table(limits());
  const auto first = table.accept();
  const auto second = table.accept();
  table.sent(7, start);
  table.sent(8, start);
  EXPECT_EQ(table.answered(8, start)->serial, second);
  EXPECT_EQ(table.answered(7, start)->serial, first);
}

TEST(InFlight, AnAnswerThatNobodyWaitsForMeansNothing) {
  InFlight table(limits());
  EXPECT_FALSE(table.answered(1, start));
  EXPECT_FALSE(table.progressed(1, start));
  table.accept();
  table.sent(1, start);
  ASSERT_TRUE(table.answered(1, start));
  EXPECT_FALSE(table.answered(1, start)) << "a second answer";
}

TEST(InFlight, ARefusedOperationMakesRoomForTheNext) {
  InFlight table(limits());
  table.accept();
  const auto second = table.accept();
  table.refuse_next();
  EXPECT_EQ(table.next(), second);
}

TEST(InFlight, AForgottenOperationThatWaitedIsNeverSent) {
  InFlight table(limits());
  const auto first = table.accept();
  const auto second = table.accept();
  const auto forgotten = table.forget(first);
  EXPECT_TRUE(forgotten.known);
  EXPECT_FALSE(forgotten.message_id);
  EXPECT_EQ(table.next(), second);
}

TEST(InFlight, AForgottenOperationThatWasSentHasItsLateAnswerDropped) {
  InFlight table(limits(1));
  const auto first = table.accept();
  table.accept();
  table.sent(5, start);
  const auto forgotten = table.forget(first);
  EXPECT_EQ(forgotten.message_id, 5);
  EXPECT_FALSE(table.answered(5, start));
  EXPECT_FALSE(table.forget(first).known);
  EXPECT_TRUE(table.next()) << "its place is free";
}

TEST(InFlight, TheDeadlineIsThatOfTheOperationSilentForLongest) {
  InFlight table(limits());
  EXPECT_FALSE(table.deadline());
  table.accept();
  table.accept();
  EXPECT_FALSE(table.deadline()) << "what is not sent cannot be answered";
  table.sent(1, start);
  table.sent(2, start + 4s);
  EXPECT_EQ(table.deadline(), start + 10s);
  EXPECT_FALSE(table.has_overdue(start + 9s));
  EXPECT_TRUE(table.has_overdue(start + 10s));
  table.answered(1, start + 5s);
  EXPECT_EQ(table.deadline(), start + 14s);
}

TEST(InFlight, EachEntryOfASearchStartsItsSilenceAnew) {
  InFlight table(limits());
  table.accept();
  table.sent(1, start);
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(table.progressed(1, start + i * 9s));
  EXPECT_EQ(table.deadline(), start + 100s);
}

TEST(InFlight, SilenceAboveEightyPercentIsSlow) {
  InFlight table(limits());
  for (int i = 0; i < 2; ++i) table.accept();
  table.sent(1, start);
  table.sent(2, start);
  EXPECT_FALSE(table.progressed(1, start + 8s)->slow);
  const auto late = table.answered(2, start + 8100ms);
  EXPECT_TRUE(late->slow);
  EXPECT_EQ(late->silence, 8100ms);
  EXPECT_FALSE(table.answered(1, start + 9s)->slow) << "heard of at 8 s";
}

TEST(InFlight, EverythingCanBeTakenInTheOrderItCame) {
  InFlight table(limits(2));
  for (int i = 0; i < 4; ++i) table.accept();
  table.sent(20, start);
  table.sent(10, start);
  EXPECT_THAT(table.take_all(), ElementsAre(1, 2, 3, 4));
  EXPECT_FALSE(table.deadline());
  EXPECT_FALSE(table.next());
  EXPECT_FALSE(table.answered(10, start));
}

}  // namespace
}  // namespace entsync::ldap
