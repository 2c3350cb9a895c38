#include "core/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"
#include "support/plans.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A directory of one school with as many persons as said.
Before before_of(std::uint64_t persons, const std::string& school = "0310001A") {
  Before before;
  const Tally tally{persons, 40, persons / 2, 400};
  before.run = tally;
  before.academies["AC-TEST"] = tally;
  before.schools[school] = tally;
  before.profils["eleve"] = tally;
  return before;
}

Plan departures(int count, const std::string& school = "0310001A") {
  std::vector<ChangeText> changes;
  for (int i = 0; i < count; ++i) changes.push_back(absent(i, school));
  return plan_of(changes);
}

std::vector<std::string> held(const Plan& plan, const Before& before, const JudgeLimits& limits) {
  std::vector<std::string> texts;
  for (const Hold& hold : judge(plan, before, limits, judged_attributes).holds)
    texts.push_back(to_string(hold));
  return texts;
}

struct Boundary {
  const char* what;
  HoldScope scope;
  std::uint64_t persons;
  int count;
  bool is_held;
};

class DefaultLimits : public testing::TestWithParam<Boundary> {};

TEST_P(DefaultLimits, HoldDeparturesAboveTheLimitAndNotAtIt) {
  const Boundary& given = GetParam();
  const Verdict verdict = judge(departures(given.count), before_of(given.persons),
                                JudgeLimits::defaults(), judged_attributes);
  const bool is_held = std::ranges::any_of(verdict.holds, [&](const Hold& hold) {
    return hold.scope == given.scope && hold.surprise == Surprise::absent;
  });
  EXPECT_EQ(is_held, given.is_held) << given.what;
}

INSTANTIATE_TEST_SUITE_P(
    Judge, DefaultLimits,
    testing::Values(
        Boundary{"a 27-entry school: half of it is still below the floor", HoldScope::school, 27,
                 10, false},
        Boundary{"a 27-entry school: one more than the floor", HoldScope::school, 27, 11, true},
        Boundary{"a school of 27 that empties", HoldScope::school, 27, 27, true},
        Boundary{"a school of ten may empty: the floor", HoldScope::school, 10, 10, false},
        Boundary{"20 % of 300 exactly", HoldScope::school, 300, 60, false},
        Boundary{"one above 20 % of 300", HoldScope::school, 300, 61, true},
        Boundary{"8 % of 10 000 exactly", HoldScope::academie, 10'000, 800, false},
        Boundary{"one above 8 % of 10 000", HoldScope::academie, 10'000, 801, true},
        Boundary{"the floor of an académie", HoldScope::academie, 500, 100, false},
        Boundary{"one above the floor of an académie", HoldScope::academie, 500, 101, true},
        Boundary{"8 % of the run exactly", HoldScope::run, 10'000, 800, false},
        Boundary{"one above 8 % of the run", HoldScope::run, 10'000, 801, true},
        Boundary{"8 % of a profile exactly", HoldScope::profil, 10'000, 800, false},
        Boundary{"one above 8 % of a profile", HoldScope::profil, 10'000, 801, true},
        Boundary{"nobody before: a first load is not held", HoldScope::run, 0, 500, false}));

TEST(Judge, AnAbsoluteLimitHoldsWhateverThePopulation) {
  JudgeLimits limits;
  limits.run[Surprise::absent] = {std::nullopt, 0, 3};
  EXPECT_THAT(held(departures(3), before_of(0), limits), IsEmpty());
  EXPECT_THAT(held(departures(4), before_of(0), limits),
              ElementsAre("run: absent 4 of 0, limit absolute 3"));
}

TEST(Judge, AHoldSaysWhatWasCountedOfWhatAndTheLimit) {
  EXPECT_THAT(held(departures(57), before_of(190), JudgeLimits::defaults()),
              ElementsAre("school 0310001A: absent 57 of 190 (30.0 %), limit 20.0 % above 10"));
}

TEST(Judge, ASchoolThatIsHeldDoesNotHoldTheOthers) {
  std::vector<ChangeText> changes;
  for (int i = 0; i < 30; ++i) changes.push_back(absent(i, "0310001A"));
  changes.push_back(absent(100, "0310002B"));
  const Plan plan = plan_of(changes);
  Before before = before_of(100);
  before.run.persons = before.academies["AC-TEST"].persons = before.profils["eleve"].persons =
      10'000;
  before.schools["0310002B"] = {100, 10, 10, 10};
  const Verdict verdict = judge(plan, before, JudgeLimits::defaults(), judged_attributes);
  ASSERT_THAT(verdict.holds, SizeIs(1));
  EXPECT_FALSE(verdict.go());
  for (const Change& change : plan.changes)
    EXPECT_EQ(verdict.holds_change(change), change.schools[0] == "0310001A");
}

TEST(Judge, SomebodyOfTwoSchoolsIsHeldWithEither) {
  Verdict verdict;
  verdict.holds.push_back({HoldScope::school, "0310001A", Surprise::absent, 1, 1, {}});
  ChangeText both = absent(1, "0310002B");
  both.schools.push_back("0310001A");
  EXPECT_TRUE(verdict.holds_change(plan_of({both}).changes[0]));
}

TEST(Judge, EachScopeHoldsWhatItNames) {
  Plan plan = plan_of({absent(1, "0310001A", Profil::eleve)});
  const Change& change = plan.changes[0];
  const auto holds = [&](HoldScope scope, std::string key) {
    Verdict verdict;
    verdict.holds.push_back({scope, std::move(key), Surprise::absent, 1, 1, {}});
    return verdict.holds_change(change);
  };
  EXPECT_TRUE(holds(HoldScope::run, ""));
  EXPECT_TRUE(holds(HoldScope::academie, "AC-TEST"));
  EXPECT_FALSE(holds(HoldScope::academie, "AC-AUTRE"));
  EXPECT_TRUE(holds(HoldScope::school, "0310001A"));
  EXPECT_FALSE(holds(HoldScope::school, "0310002B"));
  EXPECT_TRUE(holds(HoldScope::profil, "eleve"));
  EXPECT_FALSE(holds(HoldScope::profil, "responsable"));
}

TEST(Judge, ALaterSuspensionIsNoSecondDeparture) {
  ChangeText suspension = absent(1, "0310001A");
  suspension.attributes.erase(suspension.attributes.begin());
  JudgeLimits limits;
  limits.run[Surprise::absent] = {std::nullopt, 0, 0};
  limits.run[Surprise::suspend] = {std::nullopt, 0, 0};
  EXPECT_THAT(held(plan_of({suspension}), before_of(10), limits),
              ElementsAre("run: suspend 1 of 10 (10.0 %), limit absolute 0"));
}

TEST(Judge, ModifiedCountsPersonsLikeItsPopulation) {
  JudgeLimits limits;
  limits.run[Surprise::modify] = {std::nullopt, 0, 1};
  ChangeText group{Operation::modify,
                   EntryKind::classe,
                   std::nullopt,
                   wave::groups,
                   "cn=a,dc=t",
                   {"0310001A"},
                   {{"ENTGroupeNom", {"a"}, {"b"}, false}}};
  ChangeText one{Operation::modify,
                 EntryKind::person,
                 Profil::eleve,
                 wave::modify,
                 person(1),
                 {"0310001A"},
                 {{"sn", {"a"}, {"b"}, false}}};
  EXPECT_THAT(held(plan_of({group, one}), before_of(10), limits), IsEmpty());
  ChangeText two = one;
  two.dn = person(2);
  two.operation = Operation::restore;
  EXPECT_THAT(held(plan_of({group, one, two}), before_of(10), limits), SizeIs(1));
}

TEST(Judge, CreatedCountsPersonsOnly) {
  JudgeLimits limits;
  limits.school[Surprise::create] = {std::nullopt, 0, 0};
  ChangeText group{
      Operation::create, EntryKind::classe,         std::nullopt, wave::groups, "cn=a,dc=t",
      {"0310001A"},      {{"cn", {}, {"a"}, false}}};
  EXPECT_THAT(held(plan_of({group}), before_of(10), limits), IsEmpty());
  ChangeText one{Operation::create,         EntryKind::person, Profil::eleve,
                 wave::create_persons,      person(1),         {"0310001A"},
                 {{"sn", {}, {"a"}, false}}};
  EXPECT_THAT(held(plan_of({one}), before_of(10), limits), SizeIs(1));
}

TEST(Judge, AnAccountThatWasLetThroughOnceIsNotCountedAgain) {
  JudgeLimits limits;
  limits.run[Surprise::create] = {std::nullopt, 0, 0};
  Plan plan = plan_of({ChangeText{Operation::create,
                                  EntryKind::person,
                                  Profil::eleve,
                                  wave::create_persons,
                                  person(1),
                                  {"0310001A"},
                                  {{"sn", {}, {"a"}, false}}}});
  EXPECT_THAT(held(plan, before_of(10), limits), SizeIs(1));
  plan.changes.front().released = true;
  EXPECT_THAT(held(plan, before_of(10), limits), IsEmpty());
}

TEST(Judge, AMailThatIsReplacedIsNotLost) {
  JudgeLimits limits;
  limits.run[Surprise::mail_lost] = {std::nullopt, 0, 0};
  const auto with = [](std::vector<std::string> removed, std::vector<std::string> added) {
    return ChangeText{Operation::modify,
                      EntryKind::person,
                      Profil::responsable,
                      wave::modify,
                      person(1),
                      {"0310001A"},
                      {{"mail", std::move(removed), std::move(added), false}}};
  };
  EXPECT_THAT(held(plan_of({with({"a@b.test"}, {"c@b.test"})}), before_of(10), limits), IsEmpty());
  EXPECT_THAT(held(plan_of({with({}, {"c@b.test"})}), before_of(10), limits), IsEmpty());
  EXPECT_THAT(held(plan_of({with({"a@b.test"}, {})}), before_of(10), limits),
              ElementsAre("run: mail_lost 1 of 5 (20.0 %), limit absolute 0"));
}

// Groups: net losses
// -------------------------------------------------------------------------------

ChangeText group_change(Operation operation, const std::string& name,
                        std::vector<std::string> removed, std::vector<std::string> added) {
  return {operation,
          EntryKind::classe,
          std::nullopt,
          operation == Operation::remove ? wave::removals : wave::groups,
          "cn=" + name + ",ou=groups,dc=ent,dc=test",
          {"0310001A"},
          {{"member", std::move(removed), std::move(added), false}}};
}

std::vector<std::string> members(int count) {
  std::vector<std::string> list;
  for (int i = 0; i < count; ++i) list.push_back(person(i));
  return list;
}

TEST(JudgeOfGroups, AClassThatGetsANewIdIsNoLoss) {
  JudgeLimits limits;
  limits.school[Surprise::remove] = {std::nullopt, 0, 0};
  limits.school[Surprise::member_lost] = {std::nullopt, 0, 0};
  const Plan plan = plan_of({group_change(Operation::create, "new", {}, members(25)),
                             group_change(Operation::remove, "old", members(25), {})});
  EXPECT_THAT(held(plan, before_of(100), limits), IsEmpty());
}

TEST(JudgeOfGroups, AClassThatOnlyGoesIsALoss) {
  JudgeLimits limits;
  limits.school[Surprise::remove] = {std::nullopt, 0, 0};
  limits.school[Surprise::member_lost] = {std::nullopt, 0, 24};
  const Plan plan = plan_of({group_change(Operation::remove, "old", members(25), {})});
  EXPECT_THAT(held(plan, before_of(100), limits),
              ElementsAre("school 0310001A: remove 1 of 40 (2.5 %), limit absolute 0",
                          "school 0310001A: member_lost 25 of 400 (6.2 %), limit absolute 24"));
}

TEST(JudgeOfGroups, AMemberWhoMovesBetweenGroupsIsNotLost) {
  JudgeLimits limits;
  limits.school[Surprise::member_lost] = {std::nullopt, 0, 0};
  const Plan plan = plan_of({group_change(Operation::modify, "a", members(5), {}),
                             group_change(Operation::modify, "b", {}, members(5))});
  EXPECT_THAT(held(plan, before_of(100), limits), IsEmpty());
}

TEST(JudgeOfGroups, ThePlaceholderIsNeitherLostNorGained) {
  JudgeLimits limits;
  limits.school[Surprise::member_lost] = {std::nullopt, 0, 0};
  EXPECT_THAT(held(plan_of({group_change(Operation::modify, "a", {""}, members(1))}),
                   before_of(100), limits),
              IsEmpty());
  EXPECT_THAT(held(plan_of({group_change(Operation::modify, "a", members(1), {""})}),
                   before_of(100), limits),
              SizeIs(1));
}

TEST(JudgeOfGroups, MemberLossesHaveAFloorAndAShare) {
  const auto lost = [](int count) {
    return plan_of({group_change(Operation::modify, "a", members(count), {})});
  };
  Before before = before_of(300);
  before.schools["0310001A"].members = 120;
  EXPECT_THAT(held(lost(60), before, JudgeLimits::defaults()), IsEmpty());
  EXPECT_THAT(held(lost(61), before, JudgeLimits::defaults()), SizeIs(1));
  before.schools["0310001A"].members = 122;
  EXPECT_THAT(held(lost(61), before, JudgeLimits::defaults()), IsEmpty()) << "exactly half";
}

// With the planner
// ---------------------------------------------------------------------------------

TEST(Judge, ASourceThatIsNearlyEmptyIsHeld) {
  Delivery delivery = one_school();
  for (int i = 0; i < 200; ++i) delivery.records.push_back(eleve(std::to_string(5000 + i), "8"));
  World world = World::of(delivery);
  world.synchronise();
  std::erase_if(world.delivery().records, [](const Record& r) {
    return r.category == Category::eleve && r.id.starts_with("50");
  });
  const Scene scene(world);
  EXPECT_FALSE(scene.verdict().go());
  for (const Change& change : scene.plan().changes)
    EXPECT_TRUE(change.operation != Operation::absent || scene.verdict().holds_change(change));
}

/// 100 pupils with two responsables each, and eight teachers.
Delivery big_school() {
  Delivery delivery;
  delivery.records.push_back(etab("8", school_uai));
  for (int i = 0; i < 100; ++i) {
    Record pupil = eleve(std::to_string(1000 + i), "8");
    for (const int parent : {2000 + 2 * i, 2001 + 2 * i}) {
      pupil.with("ENTEleveAutoriteParentale", std::to_string(parent) + "$10");
      delivery.records.push_back(responsable(std::to_string(parent)));
    }
    delivery.records.push_back(pupil);
  }
  for (int i = 0; i < 8; ++i) delivery.records.push_back(personnel(std::to_string(3000 + i), "8"));
  return delivery;
}

std::vector<std::string> holds_of(const World& world) {
  std::vector<std::string> texts;
  for (const Hold& hold : Scene(world).verdict().holds) texts.push_back(to_string(hold));
  return texts;
}

TEST(Judge, AThirdOfThePupilsIsHeldAlthoughTheirResponsablesAreUnknown) {
  World world = World::of(big_school());
  world.synchronise();
  for (int i = 0; i < 35; ++i) world.delivery().remove(Category::eleve, std::to_string(1000 + i));
  world.delivery().reject(Category::eleve, "1099");
  EXPECT_THAT(holds_of(world),
              ElementsAre("school " + school_uai +
                          "/eleve: absent 35 of 99 (35.4 %), limit 25.0 % above 5"));
  const Scene scene(world);
  for (const Change& change : scene.plan().changes)
    EXPECT_TRUE(scene.verdict().holds_change(change)) << canonical(change);
}

TEST(Judge, AllTeachersOfASchoolAreHeld) {
  World world = World::of(big_school());
  world.synchronise();
  for (int i = 0; i < 8; ++i)
    world.delivery().remove(Category::pers_educ_nat, std::to_string(3000 + i));
  EXPECT_THAT(holds_of(world),
              ElementsAre("school " + school_uai +
                          "/enseignant: absent 8 of 8 (100.0 %), limit 25.0 % above 5"));
}

TEST(Judge, FiveTeachersOfASchoolMayLeave) {
  World world = World::of(big_school());
  world.synchronise();
  for (int i = 0; i < 5; ++i)
    world.delivery().remove(Category::pers_educ_nat, std::to_string(3000 + i));
  EXPECT_THAT(holds_of(world), IsEmpty());
}

TEST(Judge, ADirectoryThatIsKeyedOtherwiseIsNotFilledASecondTime) {
  Delivery delivery = big_school();
  for (int i = 0; i < 300; ++i) delivery.records.push_back(eleve(std::to_string(5000 + i), "8"));
  World world = World::of(delivery);
  world.synchronise();
  world.delivery().academie = "AC-TOULOUZE";
  const Scene scene(world);
  const Verdict verdict = scene.verdict();
  ASSERT_THAT(verdict.holds, SizeIs(1));
  EXPECT_EQ(to_string(verdict.holds[0]),
            "run: create 608 of 608 (100.0 %), limit 25.0 % above 500");
  World empty = World::of(delivery);
  EXPECT_THAT(holds_of(empty), IsEmpty()) << "the first load";
}

TEST(Judge, TheFirstLoadGoesThrough) {
  const World world = World::of(one_school());
  EXPECT_TRUE(Scene(world).verdict().go());
}

TEST(Judge, AScopeIsNamedAsInTheSettings) {
  EXPECT_EQ(to_string(HoldScope::run), "run");
  EXPECT_EQ(to_string(HoldScope::academie), "academie");
  EXPECT_EQ(to_string(HoldScope::school), "school");
  EXPECT_EQ(to_string(HoldScope::profil), "profil");
  for (const Surprise surprise : all_surprises)
    EXPECT_EQ(parse_surprise(to_string(surprise)), surprise);
  EXPECT_FALSE(parse_surprise("everything"));
}

}  // namespace
}  // namespace entsync::test
