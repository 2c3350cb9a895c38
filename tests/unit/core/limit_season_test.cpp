#include "core/limit_season.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/judge.hpp"
#include "core/render.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::HasSubstr;
using testing::Not;

bool is_in(const char* from, const char* to, const char* day) {
  return SeasonDays::parse(from, to).value().contains(Date::from_iso(day).value());
}

TEST(SeasonDays, OfEveryYearRecur) {
  for (const char* year : {"2026", "2027", "2099"}) {
    const std::string y(year);
    EXPECT_FALSE(is_in("08-25", "10-05", (y + "-08-24").c_str()));
    EXPECT_TRUE(is_in("08-25", "10-05", (y + "-08-25").c_str()));
    EXPECT_TRUE(is_in("08-25", "10-05", (y + "-10-05").c_str()));
    EXPECT_FALSE(is_in("08-25", "10-05", (y + "-10-06").c_str()));
  }
}

TEST(SeasonDays, GoOverNewYear) {
  EXPECT_TRUE(is_in("12-20", "01-05", "2026-12-31"));
  EXPECT_TRUE(is_in("12-20", "01-05", "2027-01-05"));
  EXPECT_FALSE(is_in("12-20", "01-05", "2027-01-06"));
  EXPECT_FALSE(is_in("12-20", "01-05", "2027-07-01"));
}

TEST(SeasonDays, OfOneYearDoNot) {
  EXPECT_TRUE(is_in("2027-08-25", "2027-10-05", "2027-09-01"));
  EXPECT_FALSE(is_in("2027-08-25", "2027-10-05", "2028-09-01"));
}

TEST(SeasonDays, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(SeasonDays::parse("08-25", "10-05")->str(), "08-25 to 10-05");
  EXPECT_EQ(SeasonDays::parse("2027-08-25", "2027-10-05")->str(), "2027-08-25 to 2027-10-05");
}

TEST(SeasonDays, WhatIsNoDayIsRefused) {
  for (const auto& [from, to] : {std::pair{"08-25", "2027-10-05"},
                                 {"2027-08-25", "10-05"},
                                 {"2027-10-05", "2027-08-25"},
                                 {"8-25", "10-05"},
                                 {"13-01", "13-02"},
                                 {"02-30", "03-01"},
                                 {"08/25", "10/05"},
                                 {"", ""},
                                 {"08-2a", "10-05"}})
    EXPECT_FALSE(SeasonDays::parse(from, to)) << from << " " << to;
  EXPECT_TRUE(SeasonDays::parse("02-29", "03-01"));
}

std::string common(const char* from, const char* to, const char* other_from, const char* other_to) {
  const auto a = SeasonDays::parse(from, to).value();
  const auto b = SeasonDays::parse(other_from, other_to).value();
  const auto day = common_day(a, b);
  EXPECT_EQ(day.has_value(), common_day(b, a).has_value());
  return day ? day->iso() : std::string();
}

TEST(SeasonDays, HaveADayInCommonWhateverTheirForm) {
  EXPECT_EQ(common("08-25", "10-05", "10-06", "11-01"), "");
  EXPECT_EQ(common("08-25", "10-05", "10-05", "11-01"), "2028-10-05");
  EXPECT_EQ(common("12-20", "01-05", "01-05", "02-01"), "2028-01-05");
  EXPECT_EQ(common("02-29", "02-29", "02-29", "02-29"), "2028-02-29");
  EXPECT_EQ(common("2027-08-25", "2027-10-05", "2027-10-05", "2027-11-01"), "2027-10-05");
  EXPECT_EQ(common("2027-08-25", "2027-10-05", "2028-08-25", "2028-10-05"), "");
  EXPECT_EQ(common("08-25", "10-05", "2027-10-01", "2027-10-31"), "2027-10-01");
  EXPECT_EQ(common("08-25", "10-05", "2027-10-06", "2028-08-24"), "");
  // In a year that has the day.
  EXPECT_EQ(common("02-29", "02-29", "2029-01-01", "2039-12-31"), "2032-02-29");
}

TEST(LimitSeason, IsThatOfTheDay) {
  std::vector<LimitSeason> seasons{{"rentrée", *SeasonDays::parse("08-25", "10-05"), {}},
                                   {"", *SeasonDays::parse("11-20", "12-20"), {}}};
  EXPECT_EQ(season_on(seasons, *Date::from_iso("2027-09-01")), &seasons[0]);
  EXPECT_EQ(season_on(seasons, *Date::from_iso("2027-12-01")), &seasons[1]);
  EXPECT_EQ(season_on(seasons, *Date::from_iso("2027-03-01")), nullptr);
  EXPECT_EQ(seasons[0].str(), "rentrée, 08-25 to 10-05");
  EXPECT_EQ(seasons[1].str(), "11-20 to 12-20");
}

/// Two of three pupils leave.
Verdict judged_on(const char* day) {
  World world = school_in_sync();
  world.delivery().date = "2026-09-10";
  for (const char* id : {"102", "103"}) world.delivery().remove(Category::eleve, id);
  world.delivery().remove(Category::pers_rel_eleve, "203");
  JudgeLimits ordinary;
  ordinary.school[Surprise::absent] = {20.0, 0, {}};
  LimitSeason rentree{"rentrée", *SeasonDays::parse("08-25", "10-05"), ordinary};
  rentree.limits.school[Surprise::absent].percent = 80.0;
  rentree.limits.profil[Surprise::absent] = {50.0, 0, {}};
  const Scene scene(world);
  return judge(scene.plan(), scene.planned.before, ordinary, {rentree}, *Date::from_iso(day),
               scene.judged());
}

TEST(LimitSeason, ItsLimitsJudgeOnItsDaysAndOnNoOther) {
  const Verdict ordinary = judged_on("2026-10-06");
  ASSERT_EQ(ordinary.holds.size(), 1U);
  EXPECT_EQ(ordinary.season, "");
  EXPECT_THAT(to_string(ordinary.holds[0]), HasSubstr("limit 20.0 % above 0"));
  EXPECT_THAT(render(ordinary), Not(HasSubstr("season")));

  const Verdict rentree = judged_on("2026-10-05");
  ASSERT_EQ(rentree.holds.size(), 1U);
  EXPECT_EQ(rentree.holds[0].scope, HoldScope::profil);
  EXPECT_EQ(rentree.holds[0].season, "rentrée, 08-25 to 10-05");
  EXPECT_THAT(to_string(rentree.holds[0]),
              HasSubstr("limit 50.0 % above 0 of the season rentrée, 08-25 to 10-05"));
  EXPECT_THAT(render(rentree),
              testing::StartsWith("judged by the limits of the season rentrée, 08-25 to 10-05\n"));
}

}  // namespace
}  // namespace entsync::test
