#include "control/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace entsync::control {
namespace {

using namespace std::chrono_literals;

int admitted(RateLimiter& limiter, uid_t user, RateLimiter::Time now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limiter.admit(user, now) ? 1 : 0;
  return count;
}

TEST(RateLimiter, ABurstThenTheRate) {
  RateLimiter limiter(50, 100);
  RateLimiter::Time now{};
  EXPECT_EQ(admitted(limiter, 1, now, 500), 100);
  EXPECT_EQ(admitted(limiter, 1, now += 100ms, 500), 5);
  EXPECT_EQ(admitted(limiter, 1, now += 1h, 500), 100);
}

TEST(RateLimiter, UsersDoNotShare) {
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
  for (uid_t user = 0; user < 1000; ++user) limiter.admit(user, now += 1s);
  EXPECT_LE(limiter.users(), 257U);
  EXPECT_EQ(admitted(limiter, 999, now, 9), 1);
}

}  // namespace
}  // namespace entsync::control
