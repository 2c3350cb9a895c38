#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_settings.hpp"
#include "fragments.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAreArray;

const std::string before_limits =
    "[state]\ndirectory = \"state\"\n"
    "[rules]\nfile = \"rules.toml\"\nregistry = \"registre.toml\"\n"
    "[[academie]]\ncode = \"AC-TEST\"\ndelivery = \"in\"\n"
    "[tree]\nbase = \"dc=ent,dc=test\"\n";  // ten lines

Result<config::Settings> with_limits(const std::string& limits) {
  Problems warnings;
  return config::parse_settings(before_limits + limits, "/e.toml", warnings);
}

const std::string rentree_days = "[[limits.season]]\nfrom = \"08-25\"\nto = \"10-05\"\n";
const std::string its_limits = "[limits.season.school]\nabsent = { percent = 60 }\n";

TEST(LimitsOfSeasons, ReplaceWhatTheyNameAndKeepTheOrdinaryRest) {
  const auto settings =
      with_limits(rentree_days + its_limits +
                  "[limits.school]\nabsent = { floor = 3 }\nremove = { absolute = 7 }\n");
  ASSERT_TRUE(settings) << to_string(settings.error());
  ASSERT_EQ(settings->seasons.size(), 1U);
  JudgeLimits expected = JudgeLimits::defaults();
  expected.school[Surprise::absent].floor = 3;
  expected.school[Surprise::remove].absolute = 7;
  EXPECT_EQ(settings->limits, expected);
  expected.school[Surprise::absent].percent = 60.0;
  EXPECT_EQ(settings->seasons[0].limits, expected);
  EXPECT_EQ(settings->seasons[0].str(), "08-25 to 10-05");
}

TEST(LimitsOfSeasons, MayBeSeveralOfEveryYearOrOfOne) {
  const auto settings = with_limits(
      rentree_days + "name = \"rentrée\"\n" + its_limits +
      "[[limits.season]]\nname = \"ends\"\nfrom = \"2027-11-20\"\nto = \"2028-01-10\"\n" +
      "[limits.season.run]\ndelete = { percent = 50 }\n");
  ASSERT_TRUE(settings) << to_string(settings.error());
  ASSERT_EQ(settings->seasons.size(), 2U);
  EXPECT_EQ(settings->seasons[0].str(), "rentrée, 08-25 to 10-05");
  EXPECT_EQ(settings->seasons[1].str(), "ends, 2027-11-20 to 2028-01-10");
}

class WrongSeason : public testing::TestWithParam<Fragment> {};

TEST_P(WrongSeason, IsRefusedWithLineAndRemedy) {
  const auto settings = with_limits(GetParam().text);
  ASSERT_FALSE(settings);
  EXPECT_THAT(messages_of(settings.error()), ElementsAreArray(GetParam().messages));
}

INSTANTIATE_TEST_SUITE_P(
    Limits, WrongSeason,
    testing::Values(
        Fragment{
            "no_days",
            "[[limits.season]]\n" + its_limits,
            {"/e.toml:11: error CONF-002 [limits.season[1].from]: this key is missing – add "
             "from = \"…\"",
             "/e.toml:11: error CONF-002 [limits.season[1].to]: this key is missing – add to = "
             "\"…\""}},
        Fragment{"a_day_with_a_year_and_one_without",
                 "[[limits.season]]\nfrom = \"2027-08-25\"\nto = \"10-05\"\n" + its_limits,
                 {"/e.toml:12: error CONF-002 [limits.season[1].from]: '2027-08-25' to '10-05' are "
                  "not the days of a season – write both as \"08-25\", for every year, or both as "
                  "\"2027-08-25\", in their order"}},
        Fragment{"no_limits",
                 rentree_days,
                 {"/e.toml:11: error CONF-002 [limits.season[1]]: this season has no limits of its "
                  "own – add what differs in it, e.g. [limits.season.school] with absent = "
                  "{ … }"}},
        Fragment{"days_in_common",
                 rentree_days + its_limits +
                     "[[limits.season]]\nfrom = \"2027-10-05\"\nto = \"2027-10-20\"\n" + its_limits,
                 {"/e.toml:17: error CONF-002 [limits.season[2].from]: this season and that of "
                  "line 12 have days in common, 2027-10-05 is one – let one begin after the other "
                  "has ended"}},
        Fragment{"another_key",
                 rentree_days + "delta_days = 5\n" + its_limits,
                 {"/e.toml:14: error CONF-002 [limits.season[1].delta_days]: this key is not known "
                  "– allowed here: academie, from, name, profil, run, school, school_profil, to"}}),
    name_of);

}  // namespace
}  // namespace entsync::test
