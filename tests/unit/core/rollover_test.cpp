#include "core/rollover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Date first = *Date::from_iso("2026-08-24");
const Date last = *Date::from_iso("2026-10-15");

/// The usual school after its first load, on a day of its roll-over window: no pupil is in a class,
/// 103 is missing.
World between_two_years() {
  World world = school_in_sync();
  world.absence.rollovers_of_academie["AC-TEST"] = {{first, last}};
  world.delivery().date = "2026-08-26";
  for (const char* id : {"101", "102"})
    world.delivery().find(Category::eleve, id).without("ENTPersonClasses");
  world.delivery().remove(Category::eleve, "103");
  return world;
}

Presence presence(const World& world, std::string_view id) {
  const Scene scene(world);
  return scene.absences.presence(scene.entry(person_dn(world, id)));
}

TEST(Rollover, NobodyOfASchoolThatWaitsBecomesAbsent) {
  World world = between_two_years();
  world.delivery().remove(Category::pers_educ_nat, "301");
  for (const char* id : {"103", "203", "301"})
    EXPECT_EQ(presence(world, id), Presence::unknown) << id;
}

TEST(Rollover, IsToldByTheDayOfTheDeliveryNotByThatOfTheRun) {
  World world = between_two_years();
  world.today = last.plus_days(30);
  EXPECT_EQ(presence(world, "103"), Presence::unknown);
  world.today = first.plus_days(3);
  world.delivery().date = first.plus_days(-1).iso();
  EXPECT_EQ(presence(world, "103"), Presence::absent);
  world.delivery().date = last.plus_days(1).iso();
  EXPECT_EQ(presence(world, "103"), Presence::absent);
}

TEST(Rollover, OnePupilInAClassReleasesTheSchoolAndAGroupDoesNot) {
  World world = between_two_years();
  world.delivery().find(Category::eleve, "102").with("ENTPersonGroupes", groupe("8", "500"));
  EXPECT_EQ(presence(world, "103"), Presence::unknown);
  world.delivery().find(Category::eleve, "102").with("ENTPersonClasses", classe("8", "80001"));
  EXPECT_EQ(presence(world, "103"), Presence::absent);
  EXPECT_EQ(presence(world, "203"), Presence::absent);
}

TEST(Rollover, AResponsableWhomNoPupilOfAWaitingSchoolNamesStays) {
  World world = between_two_years();
  world.delivery().find(Category::eleve, "101").without("ENTEleveAutoriteParentale");
  world.delivery().remove(Category::pers_rel_eleve, "202");
  EXPECT_EQ(presence(world, "202"), Presence::unknown);
}

TEST(Rollover, AResponsableOfAPupilWhoMovedToASchoolThatDoesNotWaitIsJudgedByThatSchool) {
  World world = between_two_years();
  world.delivery().records.push_back(etab("9", uai(310002)));
  world.registry.add(World::of(world.delivery()).registry.ecoles().at(*Uai::parse(uai(310002))));
  world.delivery()
      .find(Category::eleve, "101")
      .set("ENTPersonStructRattach", "9")
      .with("ENTPersonClasses", classe("9", "90001"))
      .without("ENTEleveAutoriteParentale");
  world.delivery().remove(Category::pers_rel_eleve, "202");
  EXPECT_EQ(presence(world, "202"), Presence::absent);
  EXPECT_EQ(presence(world, "103"), Presence::unknown);
}

TEST(Rollover, AClockThatRunsIsNotStopped) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "103");
  world.synchronise();
  const World other = between_two_years();
  world.absence = other.absence;
  world.delivery() = other.deliveries.front();
  EXPECT_EQ(presence(world, "103"), Presence::absent);
}

TEST(Rollover, ClassesOfAWaitingSchoolAreEmptiedAndStand) {
  World world = between_two_years();
  const std::string group = group_dn("73196");
  ASSERT_NE(world.directory.find(group), nullptr);
  const Scene scene(world);
  const Change& change = scene.change(group);
  EXPECT_EQ(change.operation, Operation::modify);
  EXPECT_EQ(change.rule, rollover_rule);
  EXPECT_THAT(codes(scene.planned.problems), Contains("DATA-042"));
  world.synchronise();
  EXPECT_THAT(world.directory.at(group).values("member"), Not(Contains(person_dn(world, "101"))));
}

TEST(Rollover, ClassesThatAreEmptiedAreNoLossToTheJudge) {
  World world = between_two_years();
  for (auto* table : {&world.limits.school, &world.limits.run})
    (*table)[Surprise::member_lost] = {{}, 0, 0};
  EXPECT_TRUE(Scene(world).verdict().go());
  world.absence.rollovers_of_academie.clear();
  EXPECT_FALSE(Scene(world).verdict().go());
}

TEST(Rollover, ASchoolOfWhichNothingIsKeptIsNotListed) {
  World world = World::of(one_school());
  world.absence.rollovers_of_academie["AC-TEST"] = {{first, last}};
  for (const char* id : {"101", "102", "103"})
    world.delivery().find(Category::eleve, id).without("ENTPersonClasses");
  EXPECT_THAT(codes(Scene(world).planned.problems), Not(Contains("DATA-042")));
}

}  // namespace
}  // namespace entsync::test
