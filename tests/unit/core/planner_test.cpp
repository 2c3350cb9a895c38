#include "core/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::string> schools_of(const Change& change) {
  return {change.schools.begin(), change.schools.end()};
}

TEST(Planner, FirstLoadCreatesEverybodyAndTheSecondRunHasNothingToDo) {
  World world = World::of(one_school());
  world.synchronise();
  EXPECT_THAT(world.directory.broken_links(), IsEmpty());
  EXPECT_EQ(world.directory.with("ENTPersonJointure", "AC-TEST$101").value("sn"), "NOM101");
  EXPECT_EQ(world.synchronise(), "");
}

TEST(Planner, SchoolsComeBeforePersonsAndPersonsBeforeGroups) {
  const World world = World::of(one_school());
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/EtabEducNat/8").wave, wave::create_schools);
  EXPECT_EQ(scene.change("AC-TEST/Eleve/101").wave, wave::create_persons);
  EXPECT_EQ(scene.change(group_dn("73196")).wave, wave::groups);
  EXPECT_TRUE(std::ranges::is_sorted(scene.plan().changes, {}, &Change::wave));
  EXPECT_THAT(check_plan(scene.plan()).list, IsEmpty());
}

TEST(Planner, ACreateCarriesTheIdentityItGives) {
  const World world = World::of(one_school());
  const Scene scene(world);
  const Change& change = scene.change("AC-TEST/Eleve/101");
  EXPECT_EQ(change.identifiant, added(change, "uid").at(0));
  EXPECT_EQ(change.login, "prenom101.nom101");
  EXPECT_EQ(scene.change("AC-TEST/EtabEducNat/8").identifiant, "");
}

TEST(Planner, AChangeNamesItsSchoolItsRuleAndItsSource) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "102").set("ENTPersonNom", "AUTRE");
  const Scene scene(world);
  const Change& change = scene.change("AC-TEST/Eleve/102");
  EXPECT_EQ(change.operation, Operation::modify);
  EXPECT_EQ(change.profil, Profil::eleve);
  EXPECT_EQ(change.academie, "AC-TEST");
  EXPECT_EQ(change.rule, "sdet-1d:eleve");
  EXPECT_THAT(schools_of(change), ElementsAre(school_uai));
  const AttributeChange* sn = attribute(change, "sn");
  ASSERT_NE(sn, nullptr);
  ASSERT_TRUE(sn->source.known());
  EXPECT_THAT(scene.plan().files[sn->source.file].name, HasSubstr("_Eleve_0000.xml"));
  EXPECT_EQ(sn->source.line, 17U);  // second record, sixth value: nine lines at most after line 11
}

TEST(Planner, SourcesOfTheSecondAcademiePointIntoItsOwnFiles) {
  World world = school_in_sync();
  Delivery other;
  other.academie = "AC-AUTRE";
  other.records = {etab("8", uai(660001)), eleve("101", "8")};
  other.records.back().set("ENTPersonNom", "AUTRE");
  world.deliveries.push_back(other);
  world.registry = registry_of({school_uai, uai(660001)});
  const Scene scene(world);
  const Change& change = scene.change("AC-AUTRE/Eleve/101");
  EXPECT_EQ(scene.plan().files[attribute(change, "sn")->source.file].academie, "AC-AUTRE");
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/101"));
}

TEST(Planner, AMoveBetweenSchoolsConcernsBoth) {
  World world = school_in_sync();
  const std::string second = uai(310002);
  world.registry = registry_of({school_uai, second});
  world.delivery().records.push_back(etab("9", second));
  world.delivery().find(Category::eleve, "103") =
      eleve("103", "9", "80000").with("ENTEleveAutoriteParentale", "203$20");
  const Scene scene(world);
  EXPECT_THAT(schools_of(scene.change("AC-TEST/Eleve/103")),
              UnorderedElementsAre(school_uai, second));
}

TEST(Planner, AChangedPupilIsOneSmallChange) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "102").set("ENTPersonClasses", classe("8", "73197"));
  const Scene scene(world);
  const std::string pupil = person_dn(world, "102");
  EXPECT_THAT(added(scene.change(pupil), "ENTEleveClasses"), ElementsAre(school_dn + "$73197"));
  EXPECT_THAT(removed(scene.change(pupil), "ENTEleveClasses"), ElementsAre(school_dn + "$73196"));
  EXPECT_THAT(removed(scene.change(group_dn("73196")), "member"), ElementsAre(pupil));
  EXPECT_THAT(added(scene.change(group_dn("73197")), "member"), ElementsAre(pupil));
}

// Groups -----------------------------------------------------------------------------------------

TEST(PlannerGroups, OneMemberMoreInALargeGroupIsOneValue) {
  Delivery delivery = one_school();
  for (int i = 0; i < 500; ++i) delivery.records.push_back(eleve(std::to_string(5000 + i), "8"));
  World world = World::of(delivery);
  world.synchronise();
  world.delivery().records.push_back(eleve("6000", "8"));
  world.delivery().find(Category::eleve, "5000").set("ENTPersonClasses", classe("8", "73197"));
  const Scene scene(world);
  const Change& group = scene.change(group_dn("73196"));
  EXPECT_EQ(Plan::value_count(group), 2U);
  EXPECT_THAT(removed(group, "member"), ElementsAre(person_dn(world, "5000")));
  EXPECT_THAT(added(group, "member"), SizeIs(1));
}

TEST(PlannerGroups, AnExplicitMemberStaysAMember) {
  World world = school_in_sync();
  const std::string teacher = person_dn(world, "301");
  world.directory.put(group_dn("73196"), "ENTGroupeMembreExplicite", teacher);
  world.directory.put(group_dn("73196"), "member", teacher);
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(PlannerGroups, AnExplicitMemberWhoIsNoMemberIsMadeOne) {
  World world = school_in_sync();
  const std::string teacher = person_dn(world, "301");
  world.directory.put(group_dn("73196"), "ENTGroupeMembreExplicite", teacher);
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(group_dn("73196")), "member"), ElementsAre(teacher));
  EXPECT_THAT(scene.plan().changes, SizeIs(1));
}

TEST(PlannerGroups, AnExplicitMemberWhoIsNowhereIsNotAddedButCleaned) {
  World world = school_in_sync();
  const std::string nowhere = "uid=parti,ou=people,dc=ent,dc=test";
  world.directory.put(group_dn("73196"), "ENTGroupeMembreExplicite", nowhere);
  const Scene scene(world);
  const Change& change = scene.change(group_dn("73196"));
  EXPECT_THAT(change.attributes, SizeIs(1));
  EXPECT_THAT(removed(change, "ENTGroupeMembreExplicite"), ElementsAre(nowhere));
}

TEST(PlannerGroups, AMemberOfAnotherSourceStays) {
  World world = school_in_sync();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  world.directory.put(group_dn("73196"), "member", "uid=local1,ou=people,dc=ent,dc=test");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(PlannerGroups, AMemberWhoExistsNoMoreIsCleaned) {
  World world = school_in_sync();
  world.directory.put(group_dn("73196"), "member", "uid=parti,ou=people,dc=ent,dc=test");
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(group_dn("73196")), "member"),
              ElementsAre("uid=parti,ou=people,dc=ent,dc=test"));
}

TEST(PlannerGroups, AMemberOutsideOurBranchesStays) {
  World world = school_in_sync();
  world.directory.put(group_dn("73196"), "member", "uid=robot,ou=services,dc=ent,dc=test");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(PlannerGroups, AnAbsentPupilStaysAMemberUntilHeIsSuspended) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "102");
  world.absence.delays.suspend_after_days = 5;
  world.delivery().remove(Category::eleve, "102");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  EXPECT_THAT(world.directory.at(group_dn("73196")).values("member"), testing::Contains(dn));
  world.delivery().date = "2026-09-08";
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(group_dn("73196")), "member"), ElementsAre(dn));
}

TEST(PlannerGroups, AGroupWithoutMembersHoldsThePlaceholderUntilSomebodyComes) {
  World world = school_in_sync();
  // 103 alone is in 73197: the class of responsables of 73197 holds 203 only.
  world.delivery().find(Category::eleve, "103").without("ENTEleveAutoriteParentale");
  const std::string group = group_dn("73197_TUT");
  {
    const Scene scene(world);
    EXPECT_THAT(added(scene.change(group), "member"), ElementsAre(""));
    EXPECT_THAT(removed(scene.change(group), "member"), SizeIs(1));
  }
  world.synchronise();
  EXPECT_THAT(world.directory.at(group).values("member"), ElementsAre(""));
  EXPECT_EQ(world.synchronise(), "");
  world.delivery().find(Category::eleve, "103").with("ENTEleveAutoriteParentale", "202$20");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(group), "member"), ElementsAre(person_dn(world, "202")));
  EXPECT_THAT(removed(scene.change(group), "member"), ElementsAre(""));
}

TEST(PlannerGroups, AGroupFilledByHandLosesOnlyWhoExistsNoMore) {
  World world = school_in_sync();
  const std::string group = group_dn("73196_ENS");
  EXPECT_THAT(world.directory.at(group).values("member"), ElementsAre(""));
  world.directory.put(group, "member", person_dn(world, "301"));
  world.directory.take(group, "member", "");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
  const std::string nowhere = "uid=parti,ou=people,dc=ent,dc=test";
  world.directory.put(group, "member", nowhere);
  {
    const Scene scene(world);
    ASSERT_THAT(scene.plan().changes, SizeIs(1));
    EXPECT_THAT(removed(scene.change(group), "member"), ElementsAre(nowhere));
    EXPECT_THAT(added(scene.change(group), "member"), IsEmpty());
  }
  world.directory.take(group, "member", person_dn(world, "301"));
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(group), "member"), ElementsAre("")) << "a group needs a member";
}

TEST(PlannerGroups, AClassThatNobodyNamesGoesWithItsGroups) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  const Scene scene(world);
  const Change& group = scene.change(group_dn("73197"));
  EXPECT_EQ(group.operation, Operation::remove);
  EXPECT_EQ(group.wave, wave::removals);
  EXPECT_EQ(group.kind, EntryKind::classe);
  EXPECT_THAT(removed(group, "cn"), ElementsAre(school_uai + "_73197"))
      << "a removal carries what the entry held";
  EXPECT_THAT(removed(group, "member"), ElementsAre(person_dn(world, "103")));
  world.synchronise();
  EXPECT_EQ(world.directory.find(group_dn("73197")), nullptr);
  EXPECT_THAT(world.directory.broken_links(), IsEmpty());
  EXPECT_EQ(world.synchronise(), "");
}

TEST(PlannerGroups, ALeftOverGroupWithALocalMemberStaysWithHim) {
  World world = school_in_sync();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  world.directory.put(group_dn("73197"), "member", "uid=local1,ou=people,dc=ent,dc=test");
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  const Scene scene(world);
  const Change& group = scene.change(group_dn("73197"));
  EXPECT_EQ(group.operation, Operation::modify);
  EXPECT_THAT(removed(group, "member"), ElementsAre(person_dn(world, "103")));
  world.synchronise();
  EXPECT_EQ(world.synchronise(), "");
}

TEST(PlannerGroups, AnExplicitMemberStaysInALeftOverGroup) {
  World world = school_in_sync();
  const std::string teacher = person_dn(world, "301");
  world.directory.put(group_dn("73197"), "ENTGroupeMembreExplicite", teacher);
  world.directory.put(group_dn("73197"), "member", teacher);
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  world.synchronise();
  EXPECT_THAT(world.directory.at(group_dn("73197")).values("member"), ElementsAre(teacher));
  EXPECT_EQ(world.synchronise(), "");
}

TEST(PlannerGroups, TeachersPutIntoAClassByHandKeepItsGroup) {
  World world = school_in_sync();
  const std::string group = group_dn("73197_ENS");
  world.directory.put(group, "member", person_dn(world, "301"));
  world.directory.take(group, "member", "");
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  world.synchronise();
  EXPECT_THAT(world.directory.at(group).values("member"), ElementsAre(person_dn(world, "301")));
  EXPECT_EQ(world.directory.find(group_dn("73197")), nullptr) << "the pupils' group goes";
  EXPECT_EQ(world.synchronise(), "");
}

TEST(PlannerGroups, AGroupThatSomebodyElseMadeIsNotOurs) {
  World world = school_in_sync();
  world.directory.load(
      "dn: cn=chorale,ou=groups,dc=ent,dc=test\nobjectClass: groupOfNames\ncn: chorale\nmember: "
      "\n");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(PlannerGroups, GroupsThatWouldHaveOneNameAreLeftAloneWithAWarning) {
  World world = school_in_sync();
  // "73196_TUT" is also how the responsables of class 73196 are called; case is no difference.
  world.delivery().records.push_back(eleve("104", "8", "73196_tut"));
  const Scene scene(world);
  EXPECT_THAT(check_plan(scene.plan()).list, IsEmpty());
  EXPECT_FALSE(scene.changes(group_dn("73196_TUT")));
  EXPECT_TRUE(scene.changes(group_dn("73196_tut_TUT")));
  ASSERT_THAT(codes(scene.planned.problems), ElementsAre("DATA-041"));
  EXPECT_THAT(scene.planned.problems.list.at(0).where.item, HasSubstr("73196_tut"));
  world.synchronise();
  EXPECT_EQ(world.synchronise(), "");
}

// Absences ---------------------------------------------------------------------------------------

TEST(PlannerAbsences, ALeaverIsDatedAndSuspendedAndKeepsWhatSaysWhoseHeWas) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "102");
  world.delivery().date = "2026-09-03";
  const std::string dn = person_dn(world, "102");
  const Scene scene(world);
  const Change& change = scene.change(dn);
  EXPECT_EQ(change.operation, Operation::absent);
  EXPECT_EQ(change.wave, wave::absences);
  EXPECT_EQ(change.subject, "AC-TEST/Eleve/102");
  EXPECT_EQ(change.profil, Profil::eleve);
  EXPECT_THAT(added(change, "ENTCompteAbsentDepuis"), ElementsAre("20260903000000Z"));
  EXPECT_THAT(added(change, "ENTCompteEtat"), ElementsAre("SUSPENDU"));
  EXPECT_THAT(added(change, "ENTCompteSuppression"), ElementsAre("20261202000000Z"));
  EXPECT_THAT(removed(change, "ENTEleveClasses"), SizeIs(1));
  EXPECT_THAT(removed(change, "ENTElevePersRelEleve"), SizeIs(1));
  EXPECT_THAT(schools_of(change), ElementsAre(school_uai));
  EXPECT_THAT(change.attributes, SizeIs(5));
  EXPECT_EQ(scene.planned.absent_already, 0U);
}

TEST(PlannerAbsences, TheSecondNightOfAnAbsenceChangesNothing) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "102");
  world.synchronise();
  world.delivery().date = "2026-09-10";
  const Scene scene(world);
  EXPECT_THAT(scene.plan().changes, IsEmpty());
  EXPECT_EQ(scene.planned.absent_already, 1U);
}

TEST(PlannerAbsences, TheSuspensionComesOnItsDayAndNotBefore) {
  World world = school_in_sync();
  world.absence.delays.suspend_after_days = 5;
  world.delivery().remove(Category::eleve, "102");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  const std::string dn = person_dn(world, "102");
  EXPECT_THAT(world.directory.at(dn).values("ENTCompteEtat"), IsEmpty());
  world.delivery().date = "2026-09-07";
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
  world.delivery().date = "2026-09-08";
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(dn), "ENTCompteEtat"), ElementsAre("SUSPENDU"));
  EXPECT_THAT(added(scene.change(dn), "ENTCompteAbsentDepuis"), IsEmpty());
}

TEST(PlannerAbsences, NobodyIsSuspendedWhereTheSiteDoesNotWantIt) {
  World world = school_in_sync();
  world.absence.suspend = false;
  world.delivery().remove(Category::eleve, "102");
  world.synchronise();
  EXPECT_THAT(world.directory.at(person_dn(world, "102")).values("ENTCompteEtat"), IsEmpty());
}

TEST(PlannerAbsences, AStateThatTheEntGaveIsNotReplaced) {
  World world = school_in_sync();
  world.directory.put(person_dn(world, "102"), "ENTCompteEtat", "BLOQUE");
  world.delivery().remove(Category::eleve, "102");
  world.synchronise();
  EXPECT_EQ(world.directory.at(person_dn(world, "102")).value("ENTCompteEtat"), "BLOQUE");
}

TEST(PlannerAbsences, SomebodyWhoComesBackIsRestoredWithHisOldIdentity) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "102");
  const MemoryEntry before = world.directory.at(dn);
  const Record record = world.delivery().find(Category::eleve, "102");
  world.delivery().remove(Category::eleve, "102");
  world.synchronise();
  world.delivery().records.push_back(record);
  {
    const Scene scene(world);
    const Change& change = scene.change(dn);
    EXPECT_EQ(change.operation, Operation::restore);
    EXPECT_EQ(change.wave, wave::modify);
    EXPECT_THAT(removed(change, "ENTCompteAbsentDepuis"), SizeIs(1));
    EXPECT_THAT(removed(change, "ENTCompteEtat"), ElementsAre("SUSPENDU"));
  }
  world.synchronise();
  EXPECT_EQ(world.directory.at(dn).attributes, before.attributes);
  EXPECT_EQ(world.synchronise(), "");
}

TEST(PlannerAbsences, AReturnLeavesAStateThatIsNotOurs) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "102");
  world.directory.put(dn, "ENTCompteAbsentDepuis", "20260801000000Z");
  world.directory.put(dn, "ENTCompteEtat", "BLOQUE");
  const Scene scene(world);
  EXPECT_EQ(scene.change(dn).operation, Operation::restore);
  EXPECT_THAT(removed(scene.change(dn), "ENTCompteEtat"), IsEmpty());
}

TEST(PlannerAbsences, ALeavingDirectorIsCountedAsOne) {
  World world = school_in_sync();
  world.delivery().remove(Category::pers_educ_nat, "302");
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/PersEducNat/302").profil, Profil::directeur);
}

// Denominators -----------------------------------------------------------------------------------

TEST(PlannerBefore, CountsWhoIsThereAndNotAbsentOnceForEachScope) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "102");
  world.synchronise();                                    // absent: counted no more
  world.delivery().remove(Category::eleve, "103");        // newly absent: counted
  world.delivery().records.push_back(eleve("104", "8"));  // new: not counted
  const Scene scene(world);
  const Before& before = scene.planned.before;
  EXPECT_EQ(before.run.persons, 7U);
  EXPECT_EQ(before.academies.at("AC-TEST").persons, 7U);
  EXPECT_EQ(before.schools.at(school_uai).persons, 7U);
  EXPECT_EQ(before.profils.at("eleve").persons, 2U);
  EXPECT_EQ(before.run.mails, 3U);
  EXPECT_EQ(before.run.groups, 11U) << "5 of the school, 3 of each of two classes";
}

TEST(PlannerBefore, TheFirstLoadHasNobodyBefore) {
  const World world = World::of(one_school());
  const Scene scene(world);
  EXPECT_EQ(scene.planned.before.run.persons, 0U);
  EXPECT_EQ(scene.planned.before.run.groups, 0U);
}

// Links and leftovers ----------------------------------------------------------------------------

TEST(Planner, AnAmbiguousPersonIsLeftAloneAndReviewed) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "102");
  world.directory.load(
      "dn: uid=double,ou=people,dc=ent,dc=test\nuid: double\n"
      "objectClass: ENTAuxEleve\nENTPersonJointure: AC-TEST$102\n");
  world.delivery().find(Category::eleve, "102").set("ENTPersonNom", "AUTRE");
  const Scene scene(world);
  EXPECT_THAT(scene.plan().changes, IsEmpty());
  ASSERT_THAT(scene.planned.review, SizeIs(1));
  EXPECT_EQ(scene.planned.review[0].subject, "AC-TEST/Eleve/102");
  EXPECT_THAT(scene.planned.review[0].candidates,
              UnorderedElementsAre(dn, "uid=double,ou=people,dc=ent,dc=test"));
}

TEST(Planner, AValueThatTheServerWouldRefuseIsLeftOutAndReportedByPlace) {
  World world = World::of(one_school());
  world.delivery()
      .find(Category::pers_rel_eleve, "201")
      .set("ENTPersonMail", "françois@exemple.test");
  const Scene scene(world);
  ASSERT_THAT(codes(scene.planned.problems), ElementsAre("DATA-040"));
  const Problem& problem = scene.planned.problems.list[0];
  EXPECT_EQ(problem.where.item, "mail");
  EXPECT_THAT(problem.where.file, HasSubstr("PersRelEleve_0000.xml"));
  EXPECT_NE(problem.where.line, 0U);
  EXPECT_THAT(to_string(problem), Not(HasSubstr("exemple.test")));
  EXPECT_EQ(attribute(scene.change("AC-TEST/PersRelEleve/201"), "mail"), nullptr);
}

TEST(Planner, AValueThatTheServerWouldRefuseTakesNothingAway) {
  World world = school_in_sync();
  world.delivery()
      .find(Category::pers_rel_eleve, "201")
      .set("ENTPersonMail", "françois@exemple.test");
  const Scene scene(world);
  EXPECT_THAT(codes(scene.planned.problems), ElementsAre("DATA-040"));
  EXPECT_FALSE(scene.changes("AC-TEST/PersRelEleve/201"));
}

TEST(Planner, AnUnreadableClassKeepsThePupilWhereHeIs) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", "8$11$ORDINAIRE");
  const Scene scene(world);
  EXPECT_THAT(codes(scene.problems), ElementsAre("DATA-010"));
  EXPECT_THAT(scene.plan().changes, IsEmpty()) << canonical(scene.plan());
}

TEST(Planner, AnUnreadableClassKeepsThePupilAmongOthersOfHisClass) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "102").set("ENTPersonClasses", "8$11$ORDINAIRE");
  const Scene scene(world);
  EXPECT_THAT(scene.plan().changes, IsEmpty()) << canonical(scene.plan());
}

TEST(Planner, AnUnreadableClassHoldsNobodyElseBack) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  world.delivery().find(Category::eleve, "102").set("ENTPersonClasses", "8$11$ORDINAIRE");
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change("AC-TEST/Eleve/103"), "ENTEleveClasses"),
              ElementsAre(school_dn + "$73197"));
  const Change& old_class = scene.change(group_dn("73197"));
  EXPECT_EQ(old_class.operation, Operation::modify) << "it may be the class of 102";
  EXPECT_THAT(removed(old_class, "member"), ElementsAre(person_dn(world, "103")));
}

TEST(Planner, EveryPupilAndResponsableAreLinkedBothWays) {
  const World world = school_in_sync();
  const std::string parent = person_dn(world, "201");
  const std::string pupil = person_dn(world, "101");
  EXPECT_THAT(world.directory.at(pupil).values("ENTElevePersRelEleve"),
              UnorderedElementsAre(parent + "$10", person_dn(world, "202") + "$20"));
  EXPECT_THAT(world.directory.at(parent).values("ENTAuxPersRelEleveEleve"),
              UnorderedElementsAre(pupil, person_dn(world, "102")));
}

TEST(Planner, TheSameInputGivesTheSamePlanByteByByte) {
  const World world = World::of(one_school());
  EXPECT_EQ(canonical(Scene(world).plan()), canonical(Scene(world).plan()));
}

}  // namespace
}  // namespace entsync::test
