#include "control/refusal_tally.hpp"

#include <gtest/gtest.h>

namespace entsync::control {
namespace {

using std::chrono::seconds;

constexpr RefusalTally::Time start{};

Refusal refusal(const std::string& who, const std::string& verb, const std::string& path = "/x") {
  return {Caller{who, "user", {}, {}}, "GET", path, verb, "needs a role"};
}

TEST(RefusalTally, TellsTheFirstAndCountsWhatFollows) {
  RefusalTally tally(seconds(60));
  EXPECT_TRUE(tally.is_first(refusal("a", "GET /v1/x"), start));
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(tally.is_first(refusal("a", "GET /v1/x", "/x/" + std::to_string(i)),
                                start + seconds(i % 59)));
  EXPECT_TRUE(tally.take_due(start + seconds(59)).empty());
  const auto due = tally.take_due(start + seconds(60));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due.front().count, 1000U);
  EXPECT_EQ(due.front().last.path, "/x/999");
}

TEST(RefusalTally, CallersAndEndpointsAreToldApart) {
  RefusalTally tally(seconds(60));
  EXPECT_TRUE(tally.is_first(refusal("a", "GET /v1/x"), start));
  EXPECT_TRUE(tally.is_first(refusal("b", "GET /v1/x"), start));
  EXPECT_TRUE(tally.is_first(refusal("a", "GET /v1/y"), start));
  EXPECT_TRUE(tally.take_all().empty());
}

TEST(RefusalTally, WhoGoesOnIsToldOnceAPeriodAndWhoStopsIsForgotten) {
  RefusalTally tally(seconds(60));
  tally.is_first(refusal("a", "v"), start);
  tally.is_first(refusal("a", "v"), start + seconds(1));
  EXPECT_EQ(tally.take_due(start + seconds(60)).size(), 1U);
  EXPECT_FALSE(tally.is_first(refusal("a", "v"), start + seconds(70)));
  EXPECT_TRUE(tally.take_due(start + seconds(119)).empty());
  EXPECT_EQ(tally.take_due(start + seconds(120)).front().count, 1U);
  EXPECT_FALSE(tally.empty());
  EXPECT_TRUE(tally.take_due(start + seconds(180)).empty());
  EXPECT_TRUE(tally.empty());
  EXPECT_TRUE(tally.is_first(refusal("a", "v"), start + seconds(181)));
}

TEST(RefusalTally, AtTheEndNothingCountedIsLost) {
  RefusalTally tally(seconds(60));
  for (int i = 0; i < 3; ++i) tally.is_first(refusal("a", "v"), start);
  const auto all = tally.take_all();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().count, 2U);
  EXPECT_TRUE(tally.empty());
}

}  // namespace
}  // namespace entsync::control
