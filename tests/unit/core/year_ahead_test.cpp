#include "core/year_ahead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Date present = *Date::from_iso("2026-09-10");

/// The usual school in sync; tonight's delivery lacks 103 and his responsable.
World one_has_left() {
  World world = school_in_sync();
  world.delivery().date = present.iso();
  world.delivery().remove(Category::eleve, "103");
  world.delivery().remove(Category::pers_rel_eleve, "203");
  return world;
}

/// "2026-09-10 absent AC-TEST/Eleve/103" for each step.
std::vector<std::string> steps_of(const World& world, Date from, Date to) {
  const Scene scene(world);
  std::vector<std::string> steps;
  for (const YearDay& day : year_ahead(scene.input(), present, from, to))
    for (const DueAccount& account : day.accounts)
      steps.push_back(day.date.iso() + " " + std::string(to_string(account.step)) + " " +
                      account.subject);
  return steps;
}

TEST(YearAhead, WhoLeftIsDatedSuspendedAndDeletedOnHisDays) {
  World world = one_has_left();
  world.absence.delays = {30, 90};
  EXPECT_THAT(
      steps_of(world, present, present.plus_days(100)),
      ElementsAre(
          "2026-09-10 absent AC-TEST/Eleve/103", "2026-09-10 absent AC-TEST/PersRelEleve/203",
          "2026-10-10 suspended AC-TEST/Eleve/103", "2026-10-10 suspended AC-TEST/PersRelEleve/203",
          "2026-12-09 deleted AC-TEST/Eleve/103", "2026-12-09 deleted AC-TEST/PersRelEleve/203"));
  EXPECT_THAT(steps_of(world, present.plus_days(31), present.plus_days(80)), IsEmpty());
}

TEST(YearAhead, IsWhatTheNightlyRunsDo) {
  World world = one_has_left();
  world.absence.delays = {3, 8};
  const std::vector<std::string> told = steps_of(world, present, present.plus_days(12));
  std::vector<std::string> done;
  for (int n = 0; n <= 12; ++n) {
    world.today = present.plus_days(n);
    const Scene scene(world);
    const auto note = [&](const Change& change, std::string_view step) {
      done.push_back(world.today->iso() + " " + std::string(step) + " " +
                     std::string(change.subject));
    };
    for (const Change& change : scene.plan().changes) {
      if (change.operation == Operation::absent &&
          !added(change, scene.judged().absent_since).empty())
        note(change, "absent");
      if (change.operation == Operation::absent &&
          !added(change, scene.judged().account_state).empty())
        note(change, "suspended");
      if (change.operation == Operation::remove && change.kind == EntryKind::person)
        note(change, "deleted");
    }
    world.synchronise();
  }
  EXPECT_EQ(told.size(), 6U);
  EXPECT_THAT(done, testing::UnorderedElementsAreArray(told));
}

TEST(YearAhead, AFreezePutsOffWhoIsNotDatedYet) {
  World world = one_has_left();
  world.absence.freezes_of_academie["AC-TEST"] = {{present, present.plus_days(4)},
                                                  {present.plus_days(60), present.plus_days(200)}};
  EXPECT_THAT(steps_of(world, present, present.plus_days(4)), IsEmpty());
  const auto steps = steps_of(world, present, present.plus_days(120));
  EXPECT_THAT(steps, Contains("2026-09-15 suspended AC-TEST/Eleve/103"));
  EXPECT_THAT(steps, Contains("2026-12-09 deleted AC-TEST/Eleve/103"));
}

TEST(YearAhead, ASchoolThatWaitsForTheRollOverLosesNobody) {
  World world = one_has_left();
  world.absence.rollovers_of_academie["AC-TEST"] = {{present, present}};
  for (const char* id : {"101", "102"})
    world.delivery().find(Category::eleve, id).without("ENTPersonClasses");
  EXPECT_THAT(steps_of(world, present, present.plus_days(120)), IsEmpty());
}

TEST(YearAhead, ARestrictedAccountIsNotTold) {
  World world = one_has_left();
  world.registers.add_restriction("AC-TEST/Eleve/103", present);
  EXPECT_THAT(steps_of(world, present, present.plus_days(120)), IsEmpty());
}

TEST(YearAhead, TellsOfWhatRecursEveryYear) {
  World world = school_in_sync();
  world.absence.freezes_of_academie["AC-TEST"] = {*SeasonDays::parse("12-20", "01-03")};
  const Scene scene(world);
  std::vector<std::string> events;
  for (const YearDay& day :
       year_ahead(scene.input(), present, present, *Date::from_iso("2027-12-31")))
    for (const CalendarEvent& event : day.events)
      events.push_back(day.date.iso() + " " + event.what);
  EXPECT_THAT(events,
              ElementsAre("2026-12-20 first day of a freeze", "2027-01-03 last day of a freeze",
                          "2027-12-20 first day of a freeze"));
}

TEST(YearAhead, TellsWhatTheCalendarBrings) {
  World world = school_in_sync();
  world.absence.freezes_of_academie["AC-TEST"] = {{present.plus_days(2), present.plus_days(5)}};
  world.absence.rollovers_of_academie["AC-TEST"] = {{present.plus_days(6), present.plus_days(99)}};
  Registry registry;
  Ecole ecole = *world.registry.find(*Uai::parse(school_uai));
  ecole.fin_le = present.plus_days(3);
  registry.add(ecole);
  registry.grace_days = 10;
  world.registry = registry;
  const Scene scene(world);
  std::map<std::string, std::string> events;
  for (const YearDay& day : year_ahead(scene.input(), present, present, present.plus_days(30)))
    for (const CalendarEvent& event : day.events)
      events[day.date.iso()] += event.about + ": " + event.what;
  EXPECT_EQ(events.size(), 5U);
  EXPECT_EQ(events["2026-09-12"], "AC-TEST: first day of a freeze");
  EXPECT_EQ(events["2026-09-15"], "AC-TEST: last day of a freeze");
  EXPECT_EQ(events["2026-09-16"], "AC-TEST: first day of a roll-over");
  EXPECT_THAT(events["2026-09-13"], HasSubstr(school_uai + ": the term of the agreement"));
  EXPECT_THAT(events["2026-09-23"], HasSubstr(school_uai + ": the last day of grace"));
}

}  // namespace
}  // namespace entsync::test
