#include "core/diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Changes of one person's entry, all attributes.
std::vector<std::string> changed(const World& world, std::string_view id) {
  std::vector<std::string> names;
  const Scene scene(world);
  const std::string dn = person_dn(world, id);
  if (!scene.changes(dn)) return names;
  for (const AttributeChange& a : scene.change(dn).attributes) names.emplace_back(a.attribute);
  return names;
}

TEST(Diff, CaseAndSpacesAreNoDifference) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "101");
  world.directory.clear(dn, "sn");
  world.directory.put(dn, "sn", " nom101 ");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, TelephonesAreComparedWithoutSpacesAndHyphens) {
  World world = school_in_sync();
  world.delivery()
      .find(Category::pers_rel_eleve, "201")
      .with("ENTPersonTelPerso", "+33 5 00 00 00 01");
  world.directory.put(person_dn(world, "201"), "homePhone", "+335-00-00-00-01");
  EXPECT_THAT(changed(world, "201"), IsEmpty());
}

TEST(Diff, TheSpellingOfADnIsNoDifference) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "101");
  world.directory.clear(dn, "ENTPersonStructRattach");
  world.directory.put(dn, "ENTPersonStructRattach",
                      "entstructureuai=" + school_uai + ", OU=Structures, dc=ENT, dc=test");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, TheOrderOfValuesIsNoDifference) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "101");
  const auto values = world.directory.at(dn).values("ENTElevePersRelEleve");
  ASSERT_EQ(values.size(), 2U);
  world.directory.take(dn, "ENTElevePersRelEleve", values[0]);
  world.directory.put(dn, "ENTElevePersRelEleve", values[0]);
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, ASourceAttributeIsEnforced) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "101");
  world.directory.clear(dn, "sn");
  world.directory.put(dn, "sn", "FAUX");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(dn), "sn"), ElementsAre("NOM101"));
  EXPECT_THAT(removed(scene.change(dn), "sn"), ElementsAre("FAUX"));
}

TEST(Diff, AnInitialAttributeIsNeverTouchedAgain) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "101");
  world.directory.clear(dn, "displayName");
  world.directory.put(dn, "displayName", "Surnom");
  world.directory.clear(dn, "ENTPersonLogin");
  world.directory.put(dn, "ENTPersonLogin", "autre");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, AnAttributeOfTheEntIsNeverTouched) {
  World world = school_in_sync();
  world.directory.put(person_dn(world, "301"), "ENTAuxEnsClasses", school_dn + "$73196");
  EXPECT_THAT(changed(world, "301"), IsEmpty());
}

TEST(Diff, AnAttributeThatTheRulesDoNotNameIsNeverTouched) {
  World world = school_in_sync();
  world.directory.put(person_dn(world, "101"), "description", "note du maire");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, AnEmptiedSourceAttributeIsEmptied) {
  World world = school_in_sync();
  world.delivery().find(Category::pers_rel_eleve, "201").without("ENTPersonMail");
  const Scene scene(world);
  const Change& change = scene.change(person_dn(world, "201"));
  EXPECT_THAT(removed(change, "mail"), ElementsAre("p201@exemple.test"));
  EXPECT_THAT(added(change, "mail"), IsEmpty());
}

TEST(Diff, ALinkToSomebodyOfAnotherSourceIsKept) {
  World world = school_in_sync();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  world.directory.put(person_dn(world, "101"), "ENTElevePersRelEleve",
                      "uid=local1,ou=people,dc=ent,dc=test$50");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, ALinkToSomebodyOfTheDeliveryThatItDoesNotKnowIsRemoved) {
  World world = school_in_sync();
  const std::string value = person_dn(world, "203") + "$20";
  world.directory.put(person_dn(world, "101"), "ENTElevePersRelEleve", value);
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(person_dn(world, "101")), "ENTElevePersRelEleve"),
              ElementsAre(value));
}

TEST(Diff, ALinkToNobodyIsCleaned) {
  World world = school_in_sync();
  const std::string value = "uid=parti,ou=people,dc=ent,dc=test$20";
  world.directory.put(person_dn(world, "101"), "ENTElevePersRelEleve", value);
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(person_dn(world, "101")), "ENTElevePersRelEleve"),
              ElementsAre(value));
}

TEST(Diff, ALinkToSomebodyAbsentIsKeptUntilHeIsSuspended) {
  World world = school_in_sync();
  world.absence.delays.suspend_after_days = 1;
  world.delivery().remove(Category::eleve, "102");
  EXPECT_THAT(changed(world, "201"), IsEmpty());
  world.today = Date::from_iso("2026-09-30");
  EXPECT_THAT(changed(world, "201"), ElementsAre("ENTAuxPersRelEleveEleve"));
}

TEST(Diff, ALinkToASchoolWhoseUaiWasMistypedTonightIsKept) {
  World world = school_in_sync();
  world.delivery().records.push_back(etab("9", uai(310002)));
  world.registry = registry_of({school_uai, uai(310002)});
  world.delivery()
      .find(Category::pers_educ_nat, "301")
      .with("ENTPersonFonctions", "9$ENS$LIBELLE$G0000$SANS");
  world.synchronise();
  world.delivery().find(Category::etab_educ_nat, "9").set("ENTStructureUAI", "0310002A");
  EXPECT_THAT(changed(world, "301"), IsEmpty());
}

TEST(Diff, ALinkToASchoolThatIsNoLongerEnrolledIsRemoved) {
  World world = school_in_sync();
  world.delivery().records.push_back(etab("9", uai(310002)));
  world.registry = registry_of({school_uai, uai(310002)});
  world.delivery()
      .find(Category::pers_educ_nat, "301")
      .with("ENTPersonFonctions", "9$ENS$LIBELLE$G0000$SANS");
  world.synchronise();
  world.registry = registry_of({school_uai});
  const Scene scene(world);
  EXPECT_EQ(removed(scene.change(person_dn(world, "301")), "ENTPersonFonctions").size(), 1U);
}

TEST(Diff, KeysOfOtherSourcesAreKept) {
  World world = school_in_sync();
  world.directory.put(person_dn(world, "101"), "ENTPersonJointure", "ENT$77");
  world.directory.put(person_dn(world, "101"), "ENTPersonJointure", "AC-TEST$999");
  EXPECT_THAT(changed(world, "101"), IsEmpty());
}

TEST(Diff, AMissingKeyOfOursIsPutBack) {
  World world = school_in_sync();
  const std::string dn = school_dn;
  world.directory.clear(dn, "ENTStructureJointure");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(dn), "ENTStructureJointure"), ElementsAre("AC-TEST$8"));
}

TEST(Diff, TheValueThatNamesAnEntryIsNeverTakenOff) {
  World world = school_in_sync();
  world.directory.remove(school_dn);
  world.directory.load(
      "dn: ou=ecole,ou=structures,dc=ent,dc=test\nou: ecole\n"
      "objectClass: top\nobjectClass: organizationalUnit\n"
      "objectClass: ENTStructure\nobjectClass: ENTEcole\n"
      "ENTStructureUAI: " +
      school_uai +
      "\nENTStructureJointure: AC-TEST$8\n"
      "ENTStructureNomCourant: X\n");
  const Scene scene(world);
  const Change& change = scene.change("ou=ecole,ou=structures,dc=ent,dc=test");
  EXPECT_THAT(added(change, "ou"), ElementsAre(school_uai));
  EXPECT_THAT(removed(change, "ou"), IsEmpty());
  world.synchronise();
  EXPECT_EQ(world.synchronise(), "");
}

TEST(Diff, AnAttributeWithoutAnEqualityRuleIsReplacedAsAWhole) {
  World world = school_in_sync();
  world.rules.target.info(world.rules.target.find("ENTPersonAutresPrenoms")).matching =
      Matching::none;
  world.delivery()
      .find(Category::eleve, "101")
      .with("ENTPersonAutresPrenoms", "Ana")
      .with("ENTPersonAutresPrenoms", "Bea");
  world.directory.put(person_dn(world, "101"), "ENTPersonAutresPrenoms", "ana");
  const Scene scene(world);
  const AttributeChange* change =
      attribute(scene.change(person_dn(world, "101")), "ENTPersonAutresPrenoms");
  ASSERT_NE(change, nullptr);
  EXPECT_TRUE(change->replace);
  EXPECT_THAT(std::vector(change->removed.begin(), change->removed.end()), ElementsAre("ana"));
  EXPECT_THAT(std::vector(change->added.begin(), change->added.end()), ElementsAre("Ana", "Bea"));
}

TEST(Diff, ReplacingAsAWholeKeepsWhatIsNotOurs) {
  World world = school_in_sync();
  world.rules.target.info(world.rules.target.find("ENTElevePersRelEleve")).matching =
      Matching::none;
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  const std::string local = "uid=local1,ou=people,dc=ent,dc=test$50";
  const std::string dn = person_dn(world, "101");
  world.directory.put(dn, "ENTElevePersRelEleve", local);
  world.directory.put(dn, "ENTElevePersRelEleve", person_dn(world, "203") + "$20");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(dn), "ENTElevePersRelEleve"),
              UnorderedElementsAre(person_dn(world, "201") + "$10", person_dn(world, "202") + "$20",
                                   local));
}

TEST(Diff, ReplacingAsAWholeWritesNoValueTwice) {
  World world = school_in_sync();
  world.rules.target.info(world.rules.target.find("ENTPersonAutresPrenoms")).matching =
      Matching::none;
  Record& record = world.delivery().find(Category::eleve, "101");
  record.with("ENTPersonAutresPrenoms", "Ana").with("ENTPersonAutresPrenoms", "Ana");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(person_dn(world, "101")), "ENTPersonAutresPrenoms"),
              ElementsAre("Ana"));
}

TEST(Diff, EqualValuesOfANewEntryAreWrittenOnce) {
  World world = World::of(one_school());
  world.delivery()
      .find(Category::eleve, "101")
      .with("ENTPersonAutresPrenoms", "Ana")
      .with("ENTPersonAutresPrenoms", "ANA ");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change("AC-TEST/Eleve/101"), "ENTPersonAutresPrenoms"),
              ElementsAre("Ana"));
}

TEST(Diff, AWantedValueAndItsTwinInTheDeliveryAreAddedOnce) {
  World world = school_in_sync();
  world.delivery()
      .find(Category::eleve, "101")
      .with("ENTPersonAutresPrenoms", "Ana")
      .with("ENTPersonAutresPrenoms", "ANA");
  const Scene scene(world);
  EXPECT_THAT(added(scene.change(person_dn(world, "101")), "ENTPersonAutresPrenoms"),
              ElementsAre("Ana"));
}

// Change of profile
// --------------------------------------------------------------------------------

TEST(DiffOfProfiles, ADirectorWhoBecomesATeacherGivesUpWhatWasTheDirectors) {
  World world = school_in_sync();
  world.delivery().find(Category::pers_educ_nat, "302").without("ENTEnsFonctionDir");
  const std::string dn = person_dn(world, "302");
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(dn), "objectClass"), ElementsAre("ENTAuxDirection"));
  EXPECT_THAT(removed(scene.change(dn), "ENTEnsFonctionDir"), ElementsAre(school_dn));
  EXPECT_EQ(scene.change(dn).profil, Profil::enseignant);
  world.synchronise();
  EXPECT_EQ(world.synchronise(), "");
}

TEST(DiffOfProfiles, ATeacherWhoBecomesADirectorKeepsHisIdentity) {
  World world = school_in_sync();
  world.delivery().find(Category::pers_educ_nat, "301").with("ENTEnsFonctionDir", "8");
  const std::string dn = person_dn(world, "301");
  world.synchronise();
  const MemoryEntry& entry = world.directory.at(dn);
  EXPECT_THAT(entry.values("ENTEnsFonctionDir"), ElementsAre(school_dn));
  EXPECT_EQ(world.synchronise(), "");
}

TEST(DiffOfProfiles, ClassesOfOtherCategoriesAndOfTheEntStay) {
  World world = school_in_sync();
  world.directory.put(person_dn(world, "302"), "objectClass", "ENTAuxPersRelEleve");
  world.directory.put(person_dn(world, "302"), "objectClass", "ENTAuxNonEnsCollLoc");
  EXPECT_THAT(changed(world, "302"), IsEmpty());
}

TEST(DiffOfProfiles, ATeacherWithHandMadeClassesKeepsThemWhateverHeBecomes) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "301");
  world.directory.put(dn, "ENTAuxEnsClasses", school_dn + "$73196");
  world.delivery().find(Category::pers_educ_nat, "301").set("ENTPersonCategorieEnseignant", "N");
  world.synchronise();  // a server refuses to take the class off while its attribute is there
  EXPECT_THAT(world.directory.at(dn).values("ENTAuxEnsClasses"), ElementsAre(school_dn + "$73196"));
  EXPECT_EQ(world.synchronise(), "");
  world.directory.clear(dn, "ENTAuxEnsClasses");
  const Scene scene(world);
  EXPECT_THAT(removed(scene.change(dn), "objectClass"), ElementsAre("ENTAuxEnseignant"))
      << "once the links are gone the role goes too";
}

TEST(DiffOfProfiles, ARoleWhoseLinkIsKeptIsKeptToo) {
  World world = school_in_sync();
  const std::string dn = person_dn(world, "302");
  world.directory.load("dn: ou=local,ou=structures,dc=ent,dc=test\nou: local\n");
  world.directory.put(dn, "ENTEnsFonctionDir", "ou=local,ou=structures,dc=ent,dc=test");
  world.delivery().find(Category::pers_educ_nat, "302").without("ENTEnsFonctionDir");
  world.synchronise();
  EXPECT_THAT(world.directory.at(dn).values("ENTEnsFonctionDir"),
              ElementsAre("ou=local,ou=structures,dc=ent,dc=test"));
  EXPECT_EQ(world.synchronise(), "");
}

// Ownership
// ------------------------------------------------------------------------------------------

TEST(Ownership, TheTargetOfAValueIsItsDn) {
  EXPECT_EQ(target_dn(Matching::dn, "uid=a,dc=b"), "uid=a,dc=b");
  EXPECT_EQ(target_dn(Matching::case_ignore, "uid=a,dc=b$10"), "uid=a,dc=b");
  EXPECT_EQ(target_dn(Matching::case_ignore, "AC-TEST$10"), "");
  EXPECT_EQ(target_dn(Matching::case_ignore, "a = b"), "");
  EXPECT_EQ(target_dn(Matching::case_ignore, "12 rue X=Y$31000"), "") << "an address is no link";
}

TEST(Ownership, EveryFateHasItsReason) {
  World world = school_in_sync();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  world.delivery().remove(Category::eleve, "102");
  world.delivery().remove(Category::pers_educ_nat, "301");
  world.absence.delays_of_profil[Profil::eleve] = {1, 90};
  const std::string absent = person_dn(world, "102");
  const std::string suspended = person_dn(world, "301");
  const Scene scene(world);
  const Ownership ownership(scene.population, scene.matched, scene.snapshot, world.rules,
                            world.tree, scene.ends);
  EXPECT_EQ(ownership.fate_of_link(person_dn(world, "101")), Fate::ours);
  EXPECT_EQ(ownership.fate_of_link(absent), Fate::keep);
  EXPECT_EQ(ownership.fate_of_link(suspended), Fate::ours);
  EXPECT_EQ(ownership.fate_of_link("uid=local1,ou=people,dc=ent,dc=test"), Fate::keep);
  EXPECT_EQ(ownership.fate_of_link("uid=parti,ou=people,dc=ent,dc=test"), Fate::dangling);
  EXPECT_EQ(ownership.fate_of_link("uid=parti,ou=autre,dc=ent,dc=test"), Fate::keep);
  const auto attribute = world.rules.target.find("sn");
  EXPECT_EQ(ownership.fate_of(attribute, "FAUX"), Fate::ours);
}

}  // namespace
}  // namespace entsync::test
