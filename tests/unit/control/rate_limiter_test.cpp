#include "control/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace entsync::control {
namespace {

using namespace std::chrono_literals;

int admitted(RateLimiter& limiter, int source, RateLimiter::Time now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limiter.admit(std::to_string(source), now) ? 1 : 0;
  return count;
}

TEST(RateLimiter, ABurstThenTheRate) {
  RateLimiter limiter(50, 100);
  RateLimiter::Time now{};
  EXPECT_EQ(admitted(limiter, 1, now, 500), 100);
  EXPECT_EQ(admitted(limiter, 1, now += 100ms, 500), 5);
  EXPECT_EQ(admitted(limiter, 1, now += 1h, 500), 100);
}

TEST(RateLimiter, SourcesDoNotShare) {
  RateLimiter limiter(1, 2);
  const RateLimiter::Time now{};
  EXPECT_EQ(admitted(limiter, 1, now, 9), 2);
  EXPECT_EQ(admitted(limiter, 2, now, 9), 2);
}

TEST(RateLimiter, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter(1, 2);
  const RateLimiter::Time now{1h};
  EXPECT_EQ(admitted(limiter, 1, now, 9), 2);
  EXPECT_EQ(admitted(limiter, 1, now - 1min, 9), 0);
  EXPECT_EQ(admitted(limiter, 1, now, 9), 0);
}

TEST(RateLimiter, ForgetsWhoIsQuiet) {
  RateLimiter limiter(1, 2);
  RateLimiter::Time now{};
  for (int source = 0; source < 1000; ++source) limiter.admit(std::to_string(source), now += 1s);
  EXPECT_LE(limiter.sources(), 257U);
  EXPECT_EQ(admitted(limiter, 999, now, 9), 1);
}

}  // namespace
}  // namespace entsync::control
