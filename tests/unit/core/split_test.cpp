#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/dn.hpp"
#include "core/judge.hpp"
#include "school.hpp"
#include "support/plans.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const JudgedAttributes names{"mail", "member", "", "ENTCompteAbsentDepuis", "ENTCompteEtat"};

Verdict holding(HoldScope scope, std::string key) {
  Verdict verdict;
  verdict.holds.push_back({scope, std::move(key), Surprise::absent, 1, 1, {}});
  return verdict;
}

ChangeText create_person(int n, std::string school, Profil profil,
                         std::vector<std::string> links = {}) {
  ChangeText change{Operation::create,         EntryKind::person, profil,
                    wave::create_persons,      person(n),         {std::move(school)},
                    {{"sn", {}, {"X"}, false}}};
  if (!links.empty()) change.attributes.push_back({"seeAlso", {}, std::move(links), false});
  return change;
}

ChangeText change_group(Operation operation, std::vector<std::string> removed,
                        std::vector<std::string> added) {
  return {operation,
          EntryKind::classe,
          std::nullopt,
          wave::groups,
          "cn=g,ou=groups,dc=ent,dc=test",
          {"0310001A"},
          {{"member", std::move(removed), std::move(added), false}}};
}

const Change* find(const Plan& plan, std::string_view dn) {
  for (const Change& change : plan.changes)
    if (change.dn == dn) return &change;
  return nullptr;
}

TEST(Split, WithoutAHoldEverythingGoes) {
  SplitPlan parts = split(plan_of({absent(1, "0310001A"), absent(2, "0310001A")}), {}, names);
  EXPECT_THAT(parts.go.changes, SizeIs(2));
  EXPECT_THAT(parts.held.changes, IsEmpty());
}

TEST(Split, AHeldSchoolWaitsAndTheOthersGo) {
  SplitPlan parts = split(plan_of({absent(1, "0310001A"), absent(2, "0310002B")}),
                          holding(HoldScope::school, "0310001A"), names);
  EXPECT_THAT(parts.go.changes, SizeIs(1));
  EXPECT_NE(find(parts.go, person(2)), nullptr);
  EXPECT_NE(find(parts.held, person(1)), nullptr);
}

TEST(Split, AHeldPlanOwnsItsText) {
  SplitPlan parts;
  {
    Plan whole = plan_of({absent(1, "0310001A")});
    whole.id = "run-1";
    parts = split(std::move(whole), holding(HoldScope::run, ""), names);
  }
  parts.go = Plan();  // its arena goes
  ASSERT_THAT(parts.held.changes, SizeIs(1));
  EXPECT_EQ(parts.held.id, "run-1");
  EXPECT_EQ(parts.held.changes[0].dn, person(1));
  EXPECT_EQ(parts.held.changes[0].attributes[0].attribute, "ENTCompteAbsentDepuis");
  EXPECT_EQ(parts.held.changes[0].schools[0], "0310001A");
}

TEST(Split, ALinkToSomebodyWhoWaitsWaitsWithHim) {
  SplitPlan parts =
      split(plan_of({create_person(1, "0310001A", Profil::eleve, {person(2), person(3)}),
                     create_person(2, "0310001A", Profil::responsable)}),
            holding(HoldScope::profil, "responsable"), names);
  const Change* go = find(parts.go, person(1));
  ASSERT_NE(go, nullptr);
  EXPECT_EQ(go->operation, Operation::create);
  EXPECT_THAT(added(*go, "seeAlso"), ElementsAre(person(3)));
  const Change* waits = find(parts.held, person(1));
  ASSERT_NE(waits, nullptr);
  EXPECT_EQ(waits->operation, Operation::modify);
  EXPECT_EQ(waits->wave, wave::modify);
  EXPECT_EQ(waits->csn, "");
  EXPECT_EQ(waits->identifiant, "");
  EXPECT_THAT(added(*waits, "seeAlso"), ElementsAre(person(2)));
  EXPECT_EQ(attribute(*waits, "sn"), nullptr);
}

TEST(Split, CompositesThatStartWithADnWaitToo) {
  ChangeText pupil = create_person(1, "0310001A", Profil::eleve);
  pupil.attributes.push_back({"ENTElevePersRelEleve", {}, {person(2) + "$10"}, false});
  SplitPlan parts = split(plan_of({pupil, create_person(2, "0310001A", Profil::responsable)}),
                          holding(HoldScope::profil, "responsable"), names);
  EXPECT_THAT(added(*find(parts.held, person(1)), "ENTElevePersRelEleve"),
              ElementsAre(person(2) + "$10"));
  EXPECT_EQ(attribute(*find(parts.go, person(1)), "ENTElevePersRelEleve"), nullptr);
}

TEST(Split, ANewGroupOfWhichAllWaitIsMadeWithThePlaceholder) {
  SplitPlan parts = split(plan_of({create_person(1, "0310001A", Profil::eleve),
                                   change_group(Operation::create, {}, {person(1)})}),
                          holding(HoldScope::profil, "eleve"), names);
  const Change* go = find(parts.go, "cn=g,ou=groups,dc=ent,dc=test");
  ASSERT_NE(go, nullptr);
  EXPECT_THAT(added(*go, "member"), ElementsAre(""));
  const Change* waits = find(parts.held, "cn=g,ou=groups,dc=ent,dc=test");
  EXPECT_THAT(removed(*waits, "member"), ElementsAre(""));
  EXPECT_THAT(added(*waits, "member"), ElementsAre(person(1)));
}

TEST(Split, AGroupThatHoldsThePlaceholderKeepsItWhileItsMembersWait) {
  SplitPlan parts = split(plan_of({create_person(1, "0310001A", Profil::eleve),
                                   change_group(Operation::modify, {""}, {person(1)})}),
                          holding(HoldScope::profil, "eleve"), names);
  EXPECT_EQ(find(parts.go, "cn=g,ou=groups,dc=ent,dc=test"), nullptr)
      << "without its placeholder the group would be empty, which a server refuses";
  const Change* waits = find(parts.held, "cn=g,ou=groups,dc=ent,dc=test");
  ASSERT_NE(waits, nullptr);
  EXPECT_THAT(removed(*waits, "member"), ElementsAre(""));
  EXPECT_THAT(added(*waits, "member"), ElementsAre(person(1)));
}

TEST(Split, AGroupIsNotEmptiedWhileThoseWhoComeWait) {
  SplitPlan parts = split(plan_of({create_person(1, "0310001A", Profil::eleve),
                                   change_group(Operation::modify, {person(7)}, {person(1)})}),
                          holding(HoldScope::profil, "eleve"), names);
  EXPECT_EQ(find(parts.go, "cn=g,ou=groups,dc=ent,dc=test"), nullptr);
}

TEST(Split, AGroupThatSomebodyElseJoinsNowLosesItsPlaceholderNow) {
  SplitPlan parts = split(plan_of({create_person(1, "0310001A", Profil::eleve),
                                   change_group(Operation::modify, {""}, {person(1), person(2)})}),
                          holding(HoldScope::profil, "eleve"), names);
  const Change* go = find(parts.go, "cn=g,ou=groups,dc=ent,dc=test");
  ASSERT_NE(go, nullptr);
  EXPECT_THAT(removed(*go, "member"), ElementsAre(""));
  EXPECT_THAT(added(*go, "member"), ElementsAre(person(2)));
  EXPECT_THAT(removed(*find(parts.held, go->dn), "member"), IsEmpty());
}

TEST(Split, AReplacedValueSetWaitsAsAWhole) {
  ChangeText pupil{Operation::modify,
                   EntryKind::person,
                   Profil::eleve,
                   wave::modify,
                   person(1),
                   {"0310001A"},
                   {{"seeAlso", {person(9)}, {person(2), person(3)}, true}}};
  SplitPlan parts = split(plan_of({pupil, create_person(2, "0310001A", Profil::responsable)}),
                          holding(HoldScope::profil, "responsable"), names);
  EXPECT_THAT(added(*find(parts.go, person(1)), "seeAlso"), ElementsAre(person(3)));
  const Change* waits = find(parts.held, person(1));
  EXPECT_THAT(removed(*waits, "seeAlso"), ElementsAre(person(3)));
  EXPECT_THAT(added(*waits, "seeAlso"), ElementsAre(person(2), person(3)));
}

ChangeText modify_person(int n, Profil profil, Operation operation = Operation::modify) {
  return {operation,
          EntryKind::person,
          profil,
          wave::modify,
          person(n),
          {"0310001A"},
          {{"sn", {"A"}, {"B"}, false}}};
}

const std::string group = "cn=g,ou=groups,dc=ent,dc=test";

TEST(Split, AMemberOfAHeldProfileMovesWithHisRecord) {
  for (const Operation operation : {Operation::modify, Operation::restore, Operation::absent}) {
    SplitPlan parts = split(
        plan_of({modify_person(1, Profil::eleve, operation), modify_person(2, Profil::eleve),
                 change_group(Operation::modify, {person(1), person(7)}, {person(2), person(8)})}),
        holding(HoldScope::profil, "eleve"), names);
    const Change* go = find(parts.go, group);
    ASSERT_NE(go, nullptr);
    EXPECT_THAT(removed(*go, "member"), ElementsAre(person(7)));
    EXPECT_THAT(added(*go, "member"), ElementsAre(person(8)));
    const Change* waits = find(parts.held, group);
    ASSERT_NE(waits, nullptr);
    EXPECT_THAT(removed(*waits, "member"), ElementsAre(person(1)));
    EXPECT_THAT(added(*waits, "member"), ElementsAre(person(2)));
    EXPECT_EQ(waits->csn, "");
  }
}

TEST(Split, AGroupThatAHeldMemberIsInIsNotRemoved) {
  ChangeText gone = change_group(Operation::remove, {person(1), person(7)}, {});
  gone.wave = wave::removals;
  gone.attributes.push_back({"cn", {"g"}, {}, false});
  const std::vector<ChangeText> changes{modify_person(1, Profil::eleve), gone};
  SplitPlan parts = split(plan_of(changes), holding(HoldScope::profil, "eleve"), names);
  EXPECT_EQ(find(parts.go, group), nullptr);
  const Change* waits = find(parts.held, group);
  ASSERT_NE(waits, nullptr);
  EXPECT_EQ(waits->operation, Operation::remove);
  EXPECT_THAT(waits->attributes, SizeIs(2));
  parts = split(plan_of(changes), holding(HoldScope::profil, "responsable"), names);
  EXPECT_NE(find(parts.go, group), nullptr);
}

TEST(Split, AGroupThatAHeldMemberStaysInGetsNoPlaceholderYet) {
  SplitPlan parts = split(plan_of({modify_person(1, Profil::eleve),
                                   change_group(Operation::modify, {person(1), person(7)}, {""})}),
                          holding(HoldScope::profil, "eleve"), names);
  EXPECT_THAT(removed(*find(parts.go, group), "member"), ElementsAre(person(7)));
  EXPECT_THAT(added(*find(parts.go, group), "member"), IsEmpty());
  EXPECT_THAT(removed(*find(parts.held, group), "member"), ElementsAre(person(1)));
  EXPECT_THAT(added(*find(parts.held, group), "member"), ElementsAre(""));
}

TEST(Split, AGroupOfWhichOnlyHeldMembersLeaveWaits) {
  SplitPlan parts = split(
      plan_of({modify_person(1, Profil::eleve), change_group(Operation::modify, {person(1)}, {})}),
      holding(HoldScope::profil, "eleve"), names);
  EXPECT_EQ(find(parts.go, group), nullptr);
  EXPECT_THAT(removed(*find(parts.held, group), "member"), ElementsAre(person(1)));
}

TEST(Split, BothPartsAreSoundPlans) {
  const World world = World::of(one_school());
  for (const char* profil : {"eleve", "responsable", "enseignant", "directeur"}) {
    Scene scene(world);
    SplitPlan parts =
        split(std::move(scene.planned.plan), holding(HoldScope::profil, profil), scene.judged());
    EXPECT_THAT(check_plan(parts.go).list, IsEmpty()) << profil;
    EXPECT_THAT(check_plan(parts.held).list, IsEmpty()) << profil;
    EXPECT_THAT(parts.held.changes, testing::Not(IsEmpty())) << profil;
  }
}

TEST(Split, TheHeldPartAppliedLaterGivesTheSameDirectory) {
  for (const char* profil : {"eleve", "responsable", "enseignant", "directeur"}) {
    World whole = World::of(one_school());
    whole.synchronise();

    World world = World::of(one_school());
    Scene scene(world);
    SplitPlan parts =
        split(std::move(scene.planned.plan), holding(HoldScope::profil, profil), scene.judged());
    EXPECT_THAT(world.directory.apply(parts.go), IsEmpty()) << profil;
    EXPECT_THAT(world.directory.broken_links(), IsEmpty()) << profil;
    EXPECT_THAT(world.directory.apply(parts.held), IsEmpty()) << profil;
    EXPECT_EQ(world.directory.text(), whole.directory.text()) << profil;
  }
}

}  // namespace
}  // namespace entsync::test
