#include "core/derive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_rules.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> of(const World& world, std::string_view subject, std::string_view name) {
  return added(Scene(world).change(subject), name);
}

World with(Record record) {
  Delivery delivery = one_school();
  std::erase_if(delivery.records, [&](const Record& known) {
    return known.category == record.category && known.id == record.id;
  });
  delivery.records.push_back(std::move(record));
  return World::of(delivery);
}

TEST(Derive, FieldsFiltersAndTablesMakeValues) {
  const World world =
      with(eleve("101", "8").set("ENTPersonNom", "é").set("ENTPersonCivilite", "Mme"));
  const std::string subject = "AC-TEST/Eleve/101";
  EXPECT_THAT(of(world, subject, "sn"), ElementsAre("é"));
  EXPECT_THAT(of(world, subject, "cn"), ElementsAre("É Prenom101"));
  EXPECT_THAT(of(world, subject, "ENTPersonSexe"), ElementsAre("F"));
  EXPECT_THAT(of(world, subject, "ENTPersonJointure"), ElementsAre("AC-TEST$101"));
  EXPECT_THAT(of(world, subject, "ENTPersonStructRattach"), ElementsAre(school_dn));
}

TEST(Derive, AnEmptyFieldGivesNoValueUnlessItIsOptional) {
  const World world = with(responsable("201").without("ENTPersonPrenom"));
  const std::string subject = "AC-TEST/PersRelEleve/201";
  EXPECT_THAT(of(world, subject, "givenName"), IsEmpty());
  EXPECT_THAT(of(world, subject, "cn"), ElementsAre("PARENT201")) << "without a space at the end";
  EXPECT_THAT(of(world, subject, "displayName"), ElementsAre("PARENT201"));
}

TEST(Derive, UnknownInputOfATableGivesNoValue) {
  const World world = with(eleve("101", "8").set("ENTPersonCivilite", "Dr"));
  EXPECT_THAT(of(world, "AC-TEST/Eleve/101", "ENTPersonSexe"), IsEmpty());
  EXPECT_THAT(of(world, "AC-TEST/Eleve/101", "personalTitle"), ElementsAre("Dr"));
}

TEST(Derive, EachValueOfAnAttributeIsSplitIntoParts) {
  const World world = with(personnel("301", "8")
                               .with("ENTEnsSpecialites", "G0000$SANS SPECIALITE")
                               .with("ENTEnsSpecialites", "D0000"));
  EXPECT_THAT(of(world, "AC-TEST/PersEducNat/301", "ENTEnsSpecialites"),
              ElementsAre("G0000$SANS SPECIALITE", "D0000$"));
}

TEST(Derive, ClassesAndGroupsOfAPupilAndOfASchool) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "101").with("ENTPersonGroupes", groupe("8", "500", ""));
  const World world = World::of(delivery);
  EXPECT_THAT(of(world, "AC-TEST/Eleve/101", "ENTEleveClasses"), ElementsAre(school_dn + "$73196"));
  EXPECT_THAT(of(world, "AC-TEST/Eleve/101", "ENTEleveGroupes"), ElementsAre(school_dn + "$500"));
  EXPECT_THAT(of(world, "AC-TEST/EtabEducNat/8", "ENTStructureClasses"),
              ElementsAre("73196$CP A", "73197$CP A"));
  EXPECT_THAT(of(world, "AC-TEST/EtabEducNat/8", "ENTStructureGroupes"), ElementsAre("500$"));
}

TEST(Derive, LinksCarryTheirCodeWhenThereIsOne) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").set("ENTEleveAutoriteParentale", "203");
  const World world = World::of(delivery);
  const Scene scene(world);
  const std::string parent(scene.change("AC-TEST/PersRelEleve/203").dn);
  EXPECT_THAT(added(scene.change("AC-TEST/Eleve/103"), "ENTElevePersRelEleve"),
              ElementsAre(parent + "$"));
  EXPECT_THAT(added(scene.change("AC-TEST/PersRelEleve/203"), "ENTAuxPersRelEleveEleve"),
              ElementsAre(std::string(scene.change("AC-TEST/Eleve/103").dn)));
}

TEST(Derive, FunctionsAndDirectionsOfSchoolsInScopeOnly) {
  const World world = with(personnel("302", "8")
                               .with("ENTPersonFonctions", "777$DIR$L$D$L")
                               .with("ENTEnsFonctionDir", "8")
                               .with("ENTEnsFonctionDir", "777"));
  EXPECT_THAT(of(world, "AC-TEST/PersEducNat/302", "ENTPersonFonctions"),
              ElementsAre(school_dn + "$ENS$LIBELLE$G0000$SANS SPECIALITE"));
  EXPECT_THAT(of(world, "AC-TEST/PersEducNat/302", "ENTEnsFonctionDir"), ElementsAre(school_dn));
  const Scene scene(world);
  EXPECT_THAT(added(scene.change("AC-TEST/EtabEducNat/8"), "ENTStructureResponsable"),
              ElementsAre(std::string(scene.change("AC-TEST/PersEducNat/302").dn)));
}

TEST(Derive, AFunctionWithFewPartsKeepsItsShape) {
  const World world = with(personnel("301", "8").set("ENTPersonFonctions", "8$-"));
  EXPECT_THAT(of(world, "AC-TEST/PersEducNat/301", "ENTPersonFonctions"),
              ElementsAre(school_dn + "$-$$$"));
}

TEST(Derive, NationalProfilesComeFromFunctionsAndFromTheProfile) {
  const auto profiles = [](Record record) {
    return of(with(record), "AC-TEST/PersEducNat/" + record.id, "ENTPersonProfils");
  };
  EXPECT_THAT(profiles(personnel("400", "8", "ENS")), ElementsAre("National_ENS"));
  EXPECT_THAT(profiles(personnel("400", "8", "DOC")), ElementsAre("National_DOC"));
  EXPECT_THAT(profiles(personnel("400", "8", "-")), ElementsAre("National_ENS"));
  EXPECT_THAT(profiles(personnel("400", "8", "???")), ElementsAre("National_ENS"));
  EXPECT_THAT(profiles(personnel("400", "8", "AED").set("ENTPersonCategorieEnseignant", "N")),
              ElementsAre("National_EVS"));
  EXPECT_THAT(profiles(personnel("400", "8", "???").set("ENTPersonCategorieEnseignant", "N")),
              ElementsAre("National_ETA"));
  EXPECT_THAT(profiles(personnel("400", "8", "ENS").with("ENTEnsFonctionDir", "8")),
              UnorderedElementsAre("National_ENS", "National_DIR"));
  EXPECT_THAT(of(World::of(one_school()), "AC-TEST/Eleve/101", "ENTPersonProfils"),
              ElementsAre("National_ELV"));
  EXPECT_THAT(of(World::of(one_school()), "AC-TEST/PersRelEleve/201", "ENTPersonProfils"),
              ElementsAre("National_TUT"));
}

TEST(Derive, ASingleValuedAttributeTakesTheFirstValidValue) {
  World world = World::of(one_school());
  const TargetAttribute prenoms = world.rules.target.find("ENTPersonAutresPrenoms");
  world.rules.target.info(prenoms).single_valued = true;
  world.rules.target.info(prenoms).max_length = 4;
  world.delivery()
      .find(Category::eleve, "101")
      .with("ENTPersonAutresPrenoms", "Trop long")
      .with("ENTPersonAutresPrenoms", "Ana")
      .with("ENTPersonAutresPrenoms", "Bea");
  EXPECT_THAT(of(world, "AC-TEST/Eleve/101", "ENTPersonAutresPrenoms"), ElementsAre("Ana"));
}

TEST(Derive, GroupsAreNamedAfterSchoolAndClass) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "101").with("ENTPersonGroupes", groupe("8", "500", "CHORALE"));
  const World world = World::of(delivery);
  EXPECT_THAT(of(world, group_dn("73196"), "ENTGroupeNom"), ElementsAre("CP A"));
  EXPECT_THAT(of(world, group_dn("G500"), "ENTGroupeNom"), ElementsAre("CHORALE"));
  EXPECT_THAT(of(world, group_dn("73196_TUT"), "ENTGroupeNom"), ElementsAre("CP A – responsables"));
  EXPECT_THAT(of(world, group_dn("TOUS"), "ENTGroupeNom"),
              ElementsAre("E.E.PU ECOLE 8 VILLE – tous"));
  EXPECT_THAT(of(world, group_dn("73196"), "ENTGroupeJointure"), ElementsAre("AC-TEST$8$73196"));
  EXPECT_THAT(of(world, group_dn("TOUS"), "ENTGroupeJointure"), ElementsAre("AC-TEST$8"));
  EXPECT_THAT(of(world, group_dn("TOUS"), "ENTGroupeEcole"), ElementsAre(school_dn));
}

TEST(Derive, AClassWithoutALabelIsNamedByItsId) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73197", ""));
  EXPECT_THAT(of(World::of(delivery), group_dn("73197"), "ENTGroupeNom"), ElementsAre("73197"));
}

TEST(Derive, EachGroupGathersItsMembers) {
  const World world = World::of(one_school());
  const Scene scene(world);
  const auto size = [&](std::string_view name) {
    return added(scene.change(group_dn(name)), "member").size();
  };
  EXPECT_EQ(size("73196"), 2U);
  EXPECT_EQ(size("73196_TUT"), 2U) << "siblings share theirs";
  EXPECT_EQ(size("73197"), 1U);
  EXPECT_EQ(size("TOUS"), 8U);
  EXPECT_EQ(size("ELV"), 3U);
  EXPECT_EQ(size("TUT"), 3U);
  EXPECT_EQ(size("ENS"), 2U) << "the director teaches too";
  EXPECT_EQ(size("DIR"), 1U);
  EXPECT_THAT(added(scene.change(group_dn("73196_ENS")), "member"), ElementsAre(""));
}

TEST(Derive, AValueInADnIsEscaped) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "7,3"));
  const World world = World::of(delivery);
  EXPECT_TRUE(Scene(world).changes(group_dn("7\\,3")));
  World applied = world;
  applied.synchronise();
  EXPECT_EQ(applied.synchronise(), "");
}

TEST(Derive, ADirectoryThatNamesPersonsByLoginGetsThatRdn) {
  World world = World::of(one_school());
  world.tree.person_rdn = "ENTPersonLogin";
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/Eleve/101").dn,
            "ENTPersonLogin=prenom101.nom101,ou=people,dc=ent,dc=test");
}

}  // namespace
}  // namespace entsync::test
