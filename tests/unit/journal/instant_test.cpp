#include "journal/instant.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

TEST(Instant, CountsMillisecondsFrom1970) {
  EXPECT_EQ(instant_milliseconds("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(instant_milliseconds("1970-01-01T00:00:01.5Z"), 1500);
  EXPECT_EQ(instant_milliseconds("2026-01-31T02:30:00.123Z"), 1'769'826'600'123);
  EXPECT_EQ(instant_milliseconds("1969-12-31T23:59:59.999Z"), -1);
}

TEST(Instant, IsTheSameInEveryWriting) {
  const auto noon = instant_milliseconds("2026-03-01T12:00:00Z");
  ASSERT_TRUE(noon);
  for (const char* text :
       {"2026-03-01T12:00:00.000Z", "2026-03-01t12:00:00z", "2026-03-01T13:00:00+01:00",
        "2026-03-01T09:30:00.0009-02:30", "2026-02-28T13:00:00-23:00", "2026-03-01T11:59:60Z"})
    EXPECT_EQ(instant_milliseconds(text), noon) << text;
}

TEST(Instant, RefusesWhatIsNotRfc3339) {
  for (const char* text :
       {"", "2026-03-01", "2026-03-01T12:00Z", "2026-03-01T12:00:00", "2026-03-01 12:00:00Z",
        "2026-02-30T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:61Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00+0100",
        "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00Zx", "2026-03-01T12:00:00.12",
        "2026-03-01T1a:00:00Z"})
    EXPECT_FALSE(instant_milliseconds(text)) << text;
}

}  // namespace
}  // namespace entsync
