#include "core/account_ends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/explain.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr const char* since = "ENTCompteAbsentDepuis";
constexpr const char* end_date = "ENTCompteSuppression";
constexpr const char* state = "ENTCompteEtat";

/// 101 has left on 3 September, and his responsable 202 with him; 201 stays with his sister.
World after_a_departure() {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  return world;
}

std::string synchronise_on(World& world, std::string_view day) {
  world.today = Date::from_iso(day);
  return world.synchronise();
}

TEST(AccountEnds, SuspensionDatesTheEndAndCutsTheLinksOfTheSourceAtBothEnds) {
  const World world = after_a_departure();
  const std::string dn = person_dn(world, "101");
  const MemoryEntry& pupil = world.directory.at(dn);
  EXPECT_EQ(pupil.value(since), "20260903000000Z");
  EXPECT_EQ(pupil.value(end_date), "20261202000000Z");
  EXPECT_EQ(pupil.value(state), "SUSPENDU");
  EXPECT_THAT(pupil.values("ENTEleveClasses"), IsEmpty());
  EXPECT_THAT(pupil.values("ENTElevePersRelEleve"), IsEmpty());
  EXPECT_EQ(pupil.value("ENTPersonStructRattach"), school_dn) << "it says whose he was";
  EXPECT_THAT(world.directory.at(group_dn("73196")).values("member"), Not(Contains(dn)));
  EXPECT_THAT(world.directory.at(group_dn("ELV")).values("member"), Not(Contains(dn)));
  EXPECT_THAT(world.directory.at(person_dn(world, "201")).values("ENTAuxPersRelEleveEleve"),
              ElementsAre(person_dn(world, "102")));
  EXPECT_EQ(world.directory.at(person_dn(world, "202")).value(state), "SUSPENDU");
}

TEST(AccountEnds, ASuspendedAccountNeedsNothingMoreUntilItsEnd) {
  World world = after_a_departure();
  EXPECT_EQ(synchronise_on(world, "2026-09-04"), "");
  EXPECT_EQ(synchronise_on(world, "2026-12-01"), "");
}

TEST(AccountEnds, SuspensionCutsALinkToSomebodyWhoWasDeletedByHand) {
  World world = school_in_sync();
  const std::string pupil = person_dn(world, "101");
  const std::string responsable = person_dn(world, "201");
  world.directory.remove(responsable);
  world.delivery().remove(Category::eleve, "101");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  EXPECT_NE(world.directory.find(responsable), nullptr) << "another pupil names him";
  EXPECT_THAT(world.directory.at(pupil).values("ENTElevePersRelEleve"), IsEmpty());
  EXPECT_EQ(world.synchronise(), "");
}

TEST(AccountEnds, ReturnOnTheLastDayRestoresTheSameEntryAndEveryLink) {
  World world = school_in_sync();
  const std::string pupil = person_dn(world, "101");
  world.directory.put(group_dn("73196_ENS"), "ENTGroupeMembreExplicite", pupil);
  world.directory.put(group_dn("73197"), "ENTGroupeMembreExplicite", pupil);
  world.synchronise();
  const std::string before = world.directory.text();
  const Record record = world.delivery().find(Category::eleve, "101");
  world.delivery().remove(Category::eleve, "101");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  EXPECT_THAT(world.directory.at(group_dn("73197")).values("member"), Contains(pupil))
      << "what hands made stays";
  world.delivery().records.push_back(record);
  synchronise_on(world, "2026-12-01");
  EXPECT_EQ(world.directory.text(), before);
}

TEST(AccountEnds, DeletionTakesTheEntryAndEveryReferenceInItsOwnWave) {
  World world = after_a_departure();
  const std::string gone = person_dn(world, "101");
  world.directory.put(group_dn("73197"), "ENTGroupeMembreExplicite", gone);
  world.directory.put(group_dn("73197"), "member", gone);
  world.directory.clear(group_dn("73197_ENS"), "member");
  world.directory.put(group_dn("73197_ENS"), "member", gone);
  world.directory.load(
      "dn: uid=local1,ou=people,dc=ent,dc=test\nobjectClass: top\nobjectClass: person\n"
      "objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nobjectClass: ENTAuxEleve\n"
      "uid: local1\ncn: Local\nsn: Local\nENTElevePersRelEleve: " +
      gone + "$10\n");
  world.today = Date::from_iso("2026-12-02");
  {
    const Scene scene(world);
    const Change& change = scene.change(gone);
    EXPECT_EQ(change.operation, Operation::remove);
    EXPECT_EQ(change.kind, EntryKind::person);
    EXPECT_EQ(change.wave, wave::deletions);
    EXPECT_EQ(change.subject, "AC-TEST/Eleve/101");
    EXPECT_THAT(change.schools, ElementsAre(school_uai));
    EXPECT_THAT(std::string(change.note), HasSubstr("its end of 2026-12-02 is reached"));
  }
  world.synchronise();
  EXPECT_EQ(world.directory.find(gone), nullptr);
  EXPECT_THAT(world.directory.text(), Not(HasSubstr(gone)));
  EXPECT_THAT(world.directory.at(group_dn("73197_ENS")).values("member"), ElementsAre(""))
      << "a group needs a member";
  EXPECT_EQ(world.synchronise(), "");
}

TEST(AccountEnds, AResponsableGoesWithTheLastOfHisPupils) {
  World world = after_a_departure();
  const std::string left = person_dn(world, "202");
  const std::string stays = person_dn(world, "201");
  synchronise_on(world, "2026-12-02");
  EXPECT_EQ(world.directory.find(left), nullptr);
  ASSERT_NE(world.directory.find(stays), nullptr);
  world.delivery().remove(Category::eleve, "102");
  world.delivery().date = "2027-01-05";
  world.today.reset();
  world.synchronise();
  EXPECT_EQ(world.directory.at(stays).value(end_date), "20270405000000Z");
}

TEST(AccountEnds, AResponsableWhosePupilWentFirstStillGoes) {
  World world = school_in_sync();
  world.absence.delays_of_profil[Profil::eleve] = {0, 30};
  const std::string responsable = person_dn(world, "202");
  world.delivery().remove(Category::eleve, "101");
  world.delivery().date = "2026-09-03";
  world.synchronise();
  synchronise_on(world, "2026-10-03");
  EXPECT_THAT(world.directory.at(responsable).values("ENTAuxPersRelEleveEleve"), IsEmpty());
  EXPECT_EQ(synchronise_on(world, "2026-12-01"), "");
  synchronise_on(world, "2026-12-02");
  EXPECT_EQ(world.directory.find(responsable), nullptr);
}

TEST(AccountEnds, NobodyIsDeletedWhileTheSchoolIsNotInTheDelivery) {
  World world = after_a_departure();
  const std::string gone = person_dn(world, "101");
  world.delivery().records.push_back(etab("9", uai(310002)));
  world.delivery().remove(Category::etab_educ_nat, "8");
  world.today = Date::from_iso("2027-02-01");
  const Scene scene(world);
  EXPECT_FALSE(scene.changes(gone));
  const auto listed =
      std::ranges::find(scene.planned.review, "AC-TEST/Eleve/101", &ReviewItem::subject);
  ASSERT_NE(listed, scene.planned.review.end());
  EXPECT_THAT(listed->reason, HasSubstr("its end of 2026-12-02 has passed, but a school"));
}

TEST(AccountEnds, ADepartureThatIsHeldCutsNoLinkOfOthers) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "101");
  Scene scene(world);
  const std::string gone = person_dn(world, "101");
  const std::string responsable = person_dn(world, "201");
  ASSERT_TRUE(scene.changes(responsable));
  Verdict verdict;
  verdict.holds.push_back({HoldScope::profil, "eleve", Surprise::absent, 1, 1, {}});
  const SplitPlan parts = split(std::move(scene.planned.plan), verdict, scene.judged());
  for (const Change& change : parts.go.changes)
    for (const AttributeChange& attribute : change.attributes)
      EXPECT_THAT(attribute.removed, Not(Contains(gone))) << change.dn;
}

TEST(AccountEnds, DeletionsAreJudged) {
  World world = after_a_departure();
  world.limits = {};
  world.limits.school[Surprise::erase] = {std::nullopt, 0, 1};
  EXPECT_TRUE(Scene(world).verdict().go());
  world.today = Date::from_iso("2026-12-02");
  const Verdict verdict = Scene(world).verdict();
  ASSERT_EQ(verdict.holds.size(), 1U);
  EXPECT_EQ(to_string(verdict.holds[0]),
            "school 0310001H: delete 2 of 6 (33.3 %), limit absolute 1");
}

TEST(AccountEnds, TheAccountIsLockedWhereTheRulesNameALock) {
  World world = school_in_sync();
  const std::string lock = "description";  // the schema of these tests has no password policy
  world.rules.names.account_lock = world.rules.target.add(lock);
  const std::string dn = person_dn(world, "101");
  const std::string other = person_dn(world, "103");
  world.directory.put(other, lock, "000001010000Z");
  const Delivery before = world.delivery();
  world.delivery().remove(Category::eleve, "101");
  world.delivery().remove(Category::eleve, "103");
  world.synchronise();
  EXPECT_EQ(world.directory.at(dn).value(lock), "00000101000000Z");
  world.delivery() = before;
  world.synchronise();
  EXPECT_THAT(world.directory.at(dn).values(lock), IsEmpty());
  EXPECT_EQ(world.directory.at(other).value(lock), "000001010000Z")
      << "an administrator's lock is his";
}

TEST(AccountEnds, ExplainSaysWhereTheClockStands) {
  World world = after_a_departure();
  const Record record = one_school().find(Category::eleve, "101");
  const auto state_of = [&](std::string_view today) {
    world.today = Date::from_iso(today);
    const Scene scene(world);
    return explain(scene.input(), "AC-TEST/Eleve/101", {}).at(0).state;
  };
  EXPECT_EQ(
      state_of("2026-10-01"),
      "absent since 2026-09-03, suspended, will be deleted on 2026-12-02, because: not in the "
      "whole Complet of the school any more");
  EXPECT_THAT(state_of("2026-12-02"), HasSubstr("to be deleted now: its end was 2026-12-02"));
  world.delivery().records.push_back(record);
  world.delivery().reject(Category::eleve, "101");
  EXPECT_THAT(state_of("2026-10-01"), HasSubstr("left alone before its end on 2026-12-02"));
  EXPECT_THAT(state_of("2027-10-01"), HasSubstr("has passed; left alone for a person to decide"));
}

}  // namespace
}  // namespace entsync::test
