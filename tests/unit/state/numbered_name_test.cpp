#include "state/numbered_name.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

TEST(NumberedName, IsAStemAndTheDigitsAfterIt) {
  EXPECT_EQ(split_numbered("e0042"), (NumberedName{"e", 4, 42}));
  EXPECT_EQ(split_numbered("a1b2"), (NumberedName{"a1b", 1, 2}));
  EXPECT_EQ(split_numbered("007"), (NumberedName{"", 3, 7}));
  EXPECT_EQ(split_numbered("x999999999999999999"),
            (NumberedName{"x", 18, 999'999'999'999'999'999}));
  EXPECT_EQ(stem_of("a1b22"), "a1b");
  EXPECT_EQ(stem_of("12"), "");
}

TEST(NumberedName, IsNothingElse) {
  EXPECT_FALSE(split_numbered(""));
  EXPECT_FALSE(split_numbered("prenom.nom"));
  EXPECT_FALSE(split_numbered("e1x"));
  EXPECT_FALSE(split_numbered("x1000000000000000000"));  // 19 digits
  EXPECT_FALSE(split_numbered("e٣"));                    // a digit, but not an ASCII one
}

TEST(NumberedName, HasPowersOfTenUpToItsLongest) {
  EXPECT_EQ(power_of_ten(0), 1U);
  EXPECT_EQ(power_of_ten(max_number_digits), 1'000'000'000'000'000'000U);
}

}  // namespace
}  // namespace entsync
