#include "core/settling.hpp"

#include <gtest/gtest.h>

namespace entsync::test {
namespace {

using std::chrono::seconds;

TEST(Settling, IsQuietSinceTheLastChange) {
  Settling settling;
  EXPECT_TRUE(settling.observe(seconds(100), {{"a.tgz", 10, 1}}));
  EXPECT_EQ(settling.quiet_for(seconds(130)), seconds(30));
  EXPECT_FALSE(settling.observe(seconds(130), {{"a.tgz", 10, 1}}));
  EXPECT_EQ(settling.quiet_for(seconds(140)), seconds(40));
}

TEST(Settling, SizeTimeAndNewFilesAreChanges) {
  Settling settling;
  settling.observe(seconds(0), {{"a", 10, 1}});
  EXPECT_TRUE(settling.observe(seconds(10), {{"a", 11, 1}}));
  EXPECT_TRUE(settling.observe(seconds(20), {{"a", 11, 2}}));
  EXPECT_TRUE(settling.observe(seconds(30), {{"a", 11, 2}, {"b", 1, 1}}));
  EXPECT_EQ(settling.quiet_for(seconds(45)), seconds(15));
}

TEST(Settling, NothingSeenIsNotQuiet) {
  EXPECT_EQ(Settling().quiet_for(seconds(1000)), seconds(0));
}

}  // namespace
}  // namespace entsync::test
