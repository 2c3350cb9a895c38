#include "core/absence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Two enrolled schools: 8 with the usual people, 9 with 401 and his responsable 402.
World two_schools() {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.records.push_back(
      eleve("401", "9", "90001").with("ENTEleveAutoriteParentale", "402$10"));
  delivery.records.push_back(responsable("402"));
  delivery.records.push_back(personnel("403", "9"));
  World world = World::of(delivery);
  world.synchronise();
  return world;
}

struct Decided {
  Presence presence;
  std::string reason;
};

Decided decide(const World& world, std::string_view id) {
  const Scene scene(world);
  const EntryIndex entry = scene.entry(person_dn(world, id));
  return {scene.absences.presence(entry), std::string(scene.absences.reason(entry))};
}

TEST(Absence, SomebodyInTheDeliveryIsPresent) {
  EXPECT_EQ(decide(two_schools(), "101").presence, Presence::present);
}

TEST(Absence, SomebodyMissingFromAWholeCompletIsAbsent) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  const Decided decided = decide(world, "101");
  EXPECT_EQ(decided.presence, Presence::absent);
  EXPECT_THAT(decided.reason, HasSubstr("whole Complet"));
}

/// The agreement of school 9 was ended on this day; deliveries are of the day that one_school()
/// has.
World with_ended_school(Date day) {
  World world = two_schools();
  Registry registry;
  for (const auto& [number, ecole] : world.registry.ecoles()) {
    Ecole changed = ecole;
    if (number.str() == uai(310002)) {
      changed.etat = EtatConvention::resiliee;
      changed.etat_le = day;
    }
    registry.add(std::move(changed));
  }
  world.registry = std::move(registry);
  return world;
}

TEST(Absence, WhoIsOfASchoolWhoseAgreementWasEndedIsAbsentFromThatDay) {
  const Date today = *Date::from_iso(two_schools().delivery().date);
  for (const char* id : {"401", "402", "403"}) {
    EXPECT_EQ(decide(with_ended_school(today.plus_days(1)), id).presence, Presence::present) << id;
    const Decided decided = decide(with_ended_school(today), id);
    EXPECT_EQ(decided.presence, Presence::absent) << id << decided.reason;
  }
  EXPECT_THAT(decide(with_ended_school(today), "401").reason, HasSubstr("agreement"));
  EXPECT_EQ(decide(with_ended_school(today), "101").presence, Presence::present);
}

TEST(Absence, TheDayOfTheEndIsTheDayOfTheLossAndGroupsStandEmpty) {
  World world = two_schools();
  world.synchronise();
  const Date today = *Date::from_iso(world.delivery().date);
  world.registry = with_ended_school(today.plus_days(-3)).registry;
  const Scene scene(world);
  const std::string day = today.plus_days(-3).compact() + "000000Z";
  for (const char* subject : {"AC-TEST/Eleve/401", "AC-TEST/PersRelEleve/402"})
    EXPECT_THAT(added(scene.change(subject), "ENTCompteAbsentDepuis"), testing::ElementsAre(day));
  const Change& group = scene.change("cn=" + uai(310002) + "_ELV,ou=groups,dc=ent,dc=test");
  EXPECT_EQ(group.operation, Operation::modify);
  EXPECT_FALSE(removed(group, "member").empty());
  EXPECT_THAT(added(group, "member"), testing::ElementsAre("")) << "groupOfNames needs a member";
  world.synchronise();
  EXPECT_EQ(Scene(world).plan().changes.size(), 0U) << "nothing more to do";
  world.registry = two_schools().registry;
  world.synchronise();
  EXPECT_EQ(Scene(world).plan().changes.size(), 0U);
}

TEST(Absence, NobodyBecomesAbsentInAFreezeOfHisAcademie) {
  World world = two_schools();
  const Date today = *Date::from_iso(world.delivery().date);
  world.delivery().remove(Category::eleve, "401");
  world.delivery().remove(Category::pers_rel_eleve, "402");
  world.absence.freezes_of_academie["AC-TEST"] = {{today, today}};
  EXPECT_EQ(decide(world, "401").presence, Presence::unknown);
  EXPECT_THAT(decide(world, "401").reason, HasSubstr("freeze"));
  EXPECT_EQ(decide(world, "402").presence, Presence::unknown);
  world.absence.freezes_of_academie["AC-TEST"] = {{today.plus_days(1), today.plus_days(9)}};
  EXPECT_EQ(decide(world, "401").presence, Presence::absent);
  EXPECT_EQ(decide(world, "402").presence, Presence::absent);
}

TEST(Absence, AFreezeDoesNotStopAClockThatRuns) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "401");
  world.synchronise();
  const Date today = *Date::from_iso(world.delivery().date);
  world.absence.freezes_of_academie["AC-TEST"] = {{today, today}};
  EXPECT_EQ(decide(world, "401").presence, Presence::absent);
}

TEST(Absence, ARejectedRecordIsNoDeparture) {
  World world = two_schools();
  world.delivery().reject(Category::eleve, "101");
  EXPECT_EQ(decide(world, "101").presence, Presence::unknown);
}

TEST(Absence, ARejectedRecordOfAnotherPersonChangesNothing) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().reject(Category::eleve, "102");
  EXPECT_EQ(decide(world, "101").presence, Presence::absent);
}

TEST(Absence, ARecordRejectedInAnotherCategoryWithTheSameIdChangesNothing) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().rejected.push_back({Category::pers_educ_nat, "101", {}, "AAF-031", "test"});
  EXPECT_EQ(decide(world, "101").presence, Presence::absent);
}

TEST(Absence, ARecordThatCouldNotBeIdentifiedMayBeAnybodyOfItsCategory) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().remove(Category::pers_educ_nat, "301");
  world.delivery().rejected.push_back({Category::eleve, "", {}, "AAF-031", "test"});
  EXPECT_EQ(decide(world, "101").presence, Presence::unknown);
  EXPECT_EQ(decide(world, "301").presence, Presence::absent);
}

TEST(Absence, ARecordOfAnUnknownCategoryMayBeAnybody) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().remove(Category::pers_educ_nat, "301");
  world.delivery().rejected.push_back({std::nullopt, "", {}, "AAF-031", "test"});
  EXPECT_EQ(decide(world, "101").presence, Presence::unknown);
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
}

TEST(Absence, ASchoolMissingFromTheDeliveryTakesNobodyWithIt) {
  World world = two_schools();
  for (const auto& [category, id] : {std::pair{Category::etab_educ_nat, "9"},
                                     {Category::eleve, "401"},
                                     {Category::pers_rel_eleve, "402"},
                                     {Category::pers_educ_nat, "403"}})
    world.delivery().remove(category, id);
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::unknown) << id;
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(Absence, ASchoolWhoseRecordWasRejectedTakesNobodyWithIt) {
  World world = two_schools();
  world.delivery().reject(Category::etab_educ_nat, "9");
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::unknown) << id;
}

TEST(Absence, ASchoolWhoseUaiWasMistypedTakesNobodyWithIt) {
  World world = two_schools();
  world.delivery().find(Category::etab_educ_nat, "9").set("ENTStructureUAI", "0310002A");
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::unknown) << id;
}

TEST(Absence, APupilWhoMovedToASchoolThatWasRejectedHasNotLeft) {
  World world = two_schools();
  world.delivery().find(Category::eleve, "103") = eleve("103", "9", "90001");
  world.delivery().reject(Category::etab_educ_nat, "9");
  EXPECT_EQ(decide(world, "103").presence, Presence::unknown);
}

TEST(Absence, APupilWhoMovedToASchoolWithAMistypedUaiHasNotLeft) {
  World world = two_schools();
  world.delivery().find(Category::eleve, "103") = eleve("103", "9", "90001");
  world.delivery().find(Category::etab_educ_nat, "9").set("ENTStructureUAI", "0310002A");
  EXPECT_EQ(decide(world, "103").presence, Presence::unknown);
}

TEST(Absence, APupilOfASchoolThatTheDeliveryDoesNotDescribeHasNotLeft) {
  World world = two_schools();
  world.delivery().find(Category::eleve, "103") = eleve("103", "777", "90001");
  EXPECT_EQ(decide(world, "103").presence, Presence::unknown);
}

TEST(Absence, StaffWhoMovedToASchoolThatWasRejectedHaveNotLeft) {
  World world = two_schools();
  world.delivery().find(Category::pers_educ_nat, "301") = personnel("301", "9");
  world.delivery().reject(Category::etab_educ_nat, "9");
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
}

TEST(Absence, StaffWhoMovedToAStructureOutsideTheDeliveryHaveLeft) {
  World world = two_schools();
  world.delivery().find(Category::pers_educ_nat, "301") = personnel("301", "777");
  EXPECT_EQ(decide(world, "301").presence, Presence::absent);
}

TEST(Absence, SomebodyWhomTheDeliveryPlacesInASchoolThatIsNotEnrolledHasLeft) {
  World world = two_schools();
  world.delivery().records.push_back(etab("10", uai(310003)));
  world.delivery().find(Category::eleve, "103") = eleve("103", "10", "90001");
  const Decided decided = decide(world, "103");
  EXPECT_EQ(decided.presence, Presence::absent);
  EXPECT_THAT(decided.reason, HasSubstr("no longer places"));
}

TEST(Absence, SomebodyOfASchoolThatIsNoLongerEnrolledIsOutside) {
  World world = two_schools();
  world.registry = registry_of({school_uai});
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::outside) << id;
  world.delivery().remove(Category::eleve, "401");
  world.delivery().remove(Category::pers_rel_eleve, "402");
  world.delivery().remove(Category::pers_educ_nat, "403");
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::outside) << id;
}

TEST(Absence, ASchoolThatOnlyAnotherAcademieDescribesTakesNobodyWithIt) {
  World world = two_schools();
  Delivery other;
  other.academie = "AC-AUTRE";
  other.records = {etab("1", uai(660001)), etab("99", uai(310002)), personnel("900", "1")};
  world.deliveries.push_back(other);
  for (const auto& [category, id] : {std::pair{Category::etab_educ_nat, "9"},
                                     {Category::eleve, "401"},
                                     {Category::pers_rel_eleve, "402"},
                                     {Category::pers_educ_nat, "403"}})
    world.delivery().remove(category, id);
  for (const std::string_view id : {"401", "402", "403"})
    EXPECT_EQ(decide(world, id).presence, Presence::unknown) << id;
  const Scene scene(world);
  ASSERT_THAT(codes(scene.planned.problems), ElementsAre("DATA-003"));
  EXPECT_EQ(scene.planned.problems.list[0].where.item, uai(310002));
  EXPECT_THAT(scene.planned.problems.list[0].what, HasSubstr("AC-TEST"));
  EXPECT_FALSE(scene.changes("AC-AUTRE/EtabEducNat/99")) << "its classes are not known";
}

TEST(Absence, ASchoolThatTwoAcademiesDescribeIsCompleteForBoth) {
  World world = two_schools();
  Delivery other;
  other.academie = "AC-AUTRE";
  other.records = {etab("99", uai(310002)), personnel("900", "99")};
  world.deliveries.insert(world.deliveries.begin(), other);
  World before = world;
  before.synchronise();
  world = before;
  world.deliveries[1].remove(Category::eleve, "401");
  world.deliveries[0].records[1] = personnel("901", "99");
  EXPECT_EQ(decide(world, "401").presence, Presence::absent);
  const Scene scene(world);
  EXPECT_EQ(scene.absences.presence(
                scene.entry(world.directory.with("ENTPersonJointure", "AC-AUTRE$900").dn)),
            Presence::absent);
}

TEST(Absence, StaffWhoseRecordNamesNoStructureHaveNotLeft) {
  World world = two_schools();
  world.delivery()
      .find(Category::pers_educ_nat, "301")
      .without("ENTPersonFonctions")
      .without("ENTPersonStructRattach");
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
  const Scene scene(world);
  ASSERT_THAT(codes(scene.problems), ElementsAre("DATA-030"));
  EXPECT_EQ(scene.problems.list[0].severity, Severity::note);
}

TEST(Absence, SomebodyInOneCompleteAndOneMissingSchoolIsUnknown) {
  World world = two_schools();
  world.delivery()
      .find(Category::pers_educ_nat, "301")
      .with("ENTPersonFonctions", "9$ENS$LIBELLE$G0000$SANS");
  world.synchronise();
  world.delivery().remove(Category::pers_educ_nat, "301");
  world.delivery().reject(Category::etab_educ_nat, "9");
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
}

TEST(Absence, AnEntryWithoutASchoolIsUnknown) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  const std::string dn = person_dn(world, "101");
  world.directory.clear(dn, "ENTPersonStructRattach");
  world.directory.clear(dn, "ENTEleveClasses");
  EXPECT_EQ(decide(world, "101").presence, Presence::unknown);
}

TEST(Absence, AnEntryThatDoesNotTellItsCategoryIsUnknown) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.directory.take(person_dn(world, "101"), "objectClass", "ENTAuxEleve");
  EXPECT_EQ(decide(world, "101").presence, Presence::unknown);
}

TEST(Absence, AnEntryOfTwoCategoriesIsUnknownWhenItsRecordMayHaveBeenRejected) {
  World world = two_schools();
  world.delivery().reject(Category::pers_educ_nat, "301");
  world.directory.put(person_dn(world, "301"), "objectClass", "ENTAuxPersRelEleve");
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
}

TEST(Absence, AnEntryOfAnotherSourceIsNotOursToJudge) {
  World world = two_schools();
  world.directory.load(
      "dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n"
      "objectClass: ENTAuxEleve\nENTPersonJointure: ENT$7\n"
      "ENTPersonStructRattach: " +
      school_dn + "\n");
  const Scene scene(world);
  const EntryIndex entry = scene.entry("uid=local1,ou=people,dc=ent,dc=test");
  EXPECT_EQ(scene.absences.presence(entry), Presence::present);
  EXPECT_EQ(scene.matched.status(entry), EntryStatus::foreign);
}

TEST(Absence, SomebodyWithKeysOfTwoAcademiesIsAbsentOnlyWhenBothAgree) {
  World world = two_schools();
  Delivery other;
  other.academie = "AC-AUTRE";
  other.records = {etab("1", uai(660001)), personnel("900", "1")};
  other.reject(Category::pers_educ_nat, "900");
  world.deliveries.push_back(other);
  world.directory.put(person_dn(world, "301"), "ENTPersonJointure", "AC-AUTRE$900");
  world.delivery().remove(Category::pers_educ_nat, "301");
  EXPECT_EQ(decide(world, "301").presence, Presence::unknown);
  world.deliveries[1].rejected.clear();
  EXPECT_EQ(decide(world, "301").presence, Presence::absent);
}

// Responsables follow their pupils
// -----------------------------------------------------------------

TEST(AbsenceOfResponsables, TheLastPupilTakesThemAlong) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "103");
  EXPECT_EQ(decide(world, "203").presence, Presence::absent);
}

TEST(AbsenceOfResponsables, OnePupilLeftKeepsThem) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  EXPECT_EQ(decide(world, "201").presence, Presence::present);
  EXPECT_EQ(decide(world, "202").presence, Presence::absent);
}

TEST(AbsenceOfResponsables, TheyAreUnknownWhileTheirPupilIs) {
  World world = two_schools();
  world.delivery().reject(Category::eleve, "103");
  world.delivery().remove(Category::pers_rel_eleve, "203");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, ARejectedPupilMayBeANewChildOfSomebodyStillDescribed) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "103");
  world.delivery().records.push_back(eleve("104", "8").with("ENTEleveAutoriteParentale", "203$20"));
  world.delivery().reject(Category::eleve, "104");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, AnUnplacedPupilMayBeANewChildOfSomebodyStillDescribed) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "103");
  world.delivery().records.push_back(
      eleve("104", "777").with("ENTEleveAutoriteParentale", "203$20"));
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
  world.delivery().find(Category::eleve, "104") =
      eleve("104", "9").with("ENTEleveAutoriteParentale", "203$20");
  world.delivery().reject(Category::etab_educ_nat, "9");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, AnEntryWithoutAPupilIsUnknown) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "103");
  world.directory.clear(person_dn(world, "203"), "ENTAuxPersRelEleveEleve");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, SomebodyWhomAPupilNamesWithoutARecordIsUnknown) {
  World world = two_schools();
  world.delivery().remove(Category::pers_rel_eleve, "203");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, APupilOfAnotherSourceKeepsThem) {
  World world = two_schools();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  world.directory.put(person_dn(world, "203"), "ENTAuxPersRelEleveEleve",
                      "uid=local1,ou=people,dc=ent,dc=test");
  world.delivery().remove(Category::eleve, "103");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(AbsenceOfResponsables, ARemovedLinkInTheSourceIsADeparture) {
  World world = two_schools();
  world.delivery().find(Category::eleve, "103").without("ENTEleveAutoriteParentale");
  EXPECT_EQ(decide(world, "203").presence, Presence::absent);
}

TEST(AbsenceOfResponsables, TheirRejectedRecordIsNoDeparture) {
  World world = two_schools();
  world.delivery().reject(Category::pers_rel_eleve, "203");
  world.delivery().remove(Category::eleve, "103");
  EXPECT_EQ(decide(world, "203").presence, Presence::unknown);
}

TEST(Absence, CountsEveryPresence) {
  World world = two_schools();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().reject(Category::eleve, "102");
  const Scene scene(world);
  EXPECT_EQ(scene.absences.count(Presence::absent), 1U) << "101";
  EXPECT_EQ(scene.absences.count(Presence::unknown), 3U)
      << "102, and 201 and 202, whom the rejected record may name";
  EXPECT_EQ(scene.absences.count(Presence::outside), 0U);
}

}  // namespace
}  // namespace entsync::test
