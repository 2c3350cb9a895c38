#include "core/population.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::string> ids(const Population& population, Profil profil) {
  std::vector<std::string> list;
  for (const Person& person : population.persons())
    if (person.profil == profil) list.emplace_back(person.record.id());
  std::ranges::sort(list);
  return list;
}

std::vector<std::string> schools_of(const Scene& scene, Category category, std::string_view id) {
  std::vector<std::string> list;
  for (const EcoleIndex e :
       scene.population.ecoles_of(scene.population.persons()[scene.person(category, id)]))
    list.push_back(scene.population.ecoles()[e].uai.str());
  return list;
}

Profil profil_of(const Record& record) {
  Delivery delivery = one_school();
  delivery.records.push_back(record);
  const World world = World::of(delivery);
  const Scene scene(world);
  return scene.population.persons()[scene.person(Category::pers_educ_nat, record.id)].profil;
}

TEST(Population, HoldsWhoIsInAnEnrolledSchool) {
  const World world = World::of(one_school());
  const Scene scene(world);
  EXPECT_THAT(ids(scene.population, Profil::eleve), ElementsAre("101", "102", "103"));
  EXPECT_THAT(ids(scene.population, Profil::responsable), ElementsAre("201", "202", "203"));
  EXPECT_THAT(ids(scene.population, Profil::enseignant), ElementsAre("301"));
  EXPECT_THAT(ids(scene.population, Profil::directeur), ElementsAre("302"));
  EXPECT_THAT(scene.problems.list, IsEmpty());
}

TEST(Population, WhatIsNotEnrolledIsCountedAndLeftOut) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.records.push_back(eleve("401", "9").with("ENTEleveAutoriteParentale", "402$10"));
  delivery.records.push_back(responsable("402"));
  delivery.records.push_back(personnel("403", "9"));
  World world = World::of(delivery);
  world.registry = registry_of({school_uai});
  const Scene scene(world);
  EXPECT_EQ(scene.population.counts().structures_outside, 1U);
  EXPECT_EQ(scene.population.counts().eleves_outside, 1U);
  EXPECT_EQ(scene.population.counts().responsables_unused, 1U);
  EXPECT_EQ(scene.population.counts().personnels_outside, 1U);
  EXPECT_THAT(ids(scene.population, Profil::eleve), ElementsAre("101", "102", "103"));
  EXPECT_TRUE(scene.population.knows_structure(0, "9"));
  EXPECT_EQ(scene.population.ecole_of(0, "9"), no_index);
}

TEST(Population, AnEnrolledSchoolInNoDeliveryIsReported) {
  World world = World::of(one_school());
  world.registry = registry_of({school_uai, uai(310002)});
  const Scene scene(world);
  ASSERT_THAT(codes(scene.problems), ElementsAre("DATA-003"));
  EXPECT_EQ(scene.problems.list[0].where.item, uai(310002));
}

TEST(Population, ASchoolPastItsTermIsWarnedOfAndLouderAfterItsGrace) {
  World world = World::of(one_school());
  Ecole ecole = *world.registry.find(*Uai::parse(school_uai));
  ecole.fin_le = Date::from_iso("2026-05-20");
  world.registry = {};
  world.registry.add(ecole);
  const auto told_on = [&world](const char* date) {
    world.delivery().date = date;
    return Scene(world).problems;
  };
  EXPECT_THAT(codes(told_on("2026-05-20")), IsEmpty());
  const Problems grace = told_on("2026-09-17");
  ASSERT_THAT(codes(grace), ElementsAre("DATA-004"));
  EXPECT_EQ(grace.list[0].what,
            "the agreement of this school ended on 2026-05-20, its time of grace ends on "
            "2026-09-17");
  const Problems overdue = told_on("2026-09-18");
  ASSERT_THAT(codes(overdue), ElementsAre("DATA-005"));
  EXPECT_THAT(overdue.list[0].what, HasSubstr("served without an agreement"));
  EXPECT_EQ(Scene(world).population.ecoles().size(), 1U);
}

TEST(Population, AStructureWithAWrongUaiIsReportedByFileAndLine) {
  World world = World::of(one_school());
  world.delivery().records.push_back(etab("9", "0310002A"));
  const Scene scene(world);
  ASSERT_THAT(codes(scene.problems), ElementsAre("DATA-001"));
  EXPECT_THAT(scene.problems.list[0].where.file, HasSubstr("EtabEducNat_0000.xml"));
  EXPECT_EQ(scene.problems.list[0].where.line, 11U);
  EXPECT_THAT(scene.problems.list[0].what, HasSubstr("check letter"));
  EXPECT_FALSE(scene.population.knows_structure(0, "9"));
}

TEST(Population, SeveralIdsOfOneUaiAreOneSchool) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("80", school_uai));
  delivery.records.push_back(eleve("104", "80"));
  const World world = World::of(delivery);
  const Scene scene(world);
  ASSERT_THAT(scene.population.ecoles(), SizeIs(1));
  EXPECT_EQ(scene.population.ecole_of(0, "8"), scene.population.ecole_of(0, "80"));
  EXPECT_THAT(added(scene.change("AC-TEST/EtabEducNat/8"), "ENTStructureJointure"),
              UnorderedElementsAre("AC-TEST$8", "AC-TEST$80"));
  EXPECT_THAT(scene.population.classes(), SizeIs(2)) << "73196 under both ids is one class";
}

TEST(Population, TheSmallestIdDescribesASchoolWhateverTheOrder) {
  Delivery delivery = one_school();
  delivery.records.insert(delivery.records.begin(), etab("80", school_uai));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_EQ(scene.population.ecoles()[0].records.front().id(), "8");
  delivery.records.insert(delivery.records.begin(), etab("9", school_uai));
  const World again = World::of(delivery);
  EXPECT_EQ(Scene(again).population.ecoles()[0].records.front().id(), "8");
}

TEST(Population, APupilOfTwoSchoolsIsInBoth) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.find(Category::eleve, "101").with("ENTPersonClasses", classe("9", "90001"));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(schools_of(scene, Category::eleve, "101"),
              UnorderedElementsAre(school_uai, uai(310002)));
  EXPECT_THAT(schools_of(scene, Category::pers_rel_eleve, "201"),
              UnorderedElementsAre(school_uai, uai(310002)));
  EXPECT_THAT(schools_of(scene, Category::pers_rel_eleve, "203"), ElementsAre(school_uai));
}

TEST(Population, EveryAttachmentOfAPupilPlacesHim) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.records.push_back(eleve("104", "9", "").with("ENTPersonStructRattach", "8"));
  World world = World::of(delivery);
  world.registry = registry_of({school_uai});
  const Scene scene(world);
  EXPECT_THAT(schools_of(scene, Category::eleve, "104"), ElementsAre(school_uai));
}

TEST(Population, SchoolsOfOneRpiStayTwoSchools) {
  Delivery delivery = one_school();
  delivery.find(Category::etab_educ_nat, "8").with("ENTEcoleRPI", "R1$VALLEE$031");
  delivery.records.push_back(etab("9", uai(310002)).with("ENTEcoleRPI", "R1$VALLEE$031"));
  delivery.records.push_back(eleve("401", "9", "73196"));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(scene.population.ecoles(), SizeIs(2));
  EXPECT_THAT(scene.population.classes(), SizeIs(3)) << "one id in two schools is two classes";
}

TEST(Population, SiblingsOfTwoSchoolsShareTheirResponsable) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.records.push_back(
      eleve("401", "9", "90001").with("ENTEleveAutoriteParentale", "201$10"));
  const World world = World::of(delivery);
  const Scene scene(world);
  const Person& parent = scene.population.persons()[scene.person(Category::pers_rel_eleve, "201")];
  EXPECT_THAT(scene.population.links_of(parent), SizeIs(3));
  EXPECT_THAT(scene.population.ecoles_of(parent), SizeIs(2));
}

TEST(Population, AResponsableEnteredTwiceOnAPupilIsOneLink) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").with("ENTEleveAutoriteParentale", "203$10");
  const World world = World::of(delivery);
  const Scene scene(world);
  const auto links =
      scene.population.links_of(scene.population.persons()[scene.person(Category::eleve, "103")]);
  ASSERT_THAT(links, SizeIs(1));
  EXPECT_EQ(links[0].lien, "20") << "the first one counts";
}

TEST(Population, AResponsableWithoutARecordIsNotedAndThePupilKept) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").with("ENTEleveAutoriteParentale", "999$10");
  const World world = World::of(delivery);
  const Scene scene(world);
  ASSERT_THAT(codes(scene.problems), ElementsAre("DATA-020"));
  EXPECT_EQ(scene.problems.list[0].severity, Severity::note);
  EXPECT_EQ(scene.population.counts().dangling_responsables, 1U);
  EXPECT_TRUE(scene.population.is_named_responsable(0, "999"));
  EXPECT_THAT(ids(scene.population, Profil::eleve), testing::Contains("103"));
}

TEST(Population, AResponsableWhomNobodyNamesIsNotUsed) {
  Delivery delivery = one_school();
  delivery.records.push_back(responsable("299"));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(ids(scene.population, Profil::responsable), Not(testing::Contains("299")));
  EXPECT_TRUE(scene.population.has_record(0, Category::pers_rel_eleve, "299"));
  EXPECT_FALSE(scene.population.is_named_responsable(0, "299"));
}

TEST(Population, ClassLabelsThatDisagreeAreReportedOnceAndTheSmallestWinsInAnyOrder) {
  std::vector<std::string> labels{"CP B", "CP A", "CP C", ""};
  do {
    Delivery delivery;
    delivery.records.push_back(etab("8", school_uai));
    for (std::size_t i = 0; i < labels.size(); ++i)
      delivery.records.push_back(eleve(std::to_string(100 + i), "8", "")
                                     .with("ENTPersonClasses", classe("8", "73196", labels[i])));
    const World world = World::of(delivery);
    const Scene scene(world);
    ASSERT_THAT(scene.population.classes(), SizeIs(1));
    EXPECT_EQ(scene.population.classes()[0].label, "CP A");
    EXPECT_THAT(codes(scene.problems), ElementsAre("DATA-011"));
  } while (std::ranges::next_permutation(labels).found);
}

TEST(Population, AClassValueWithTooFewPartsIsLeftOut) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "101").set("ENTPersonClasses", "8$11$ORDINAIRE");
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(codes(scene.problems), ElementsAre("DATA-010"));
  EXPECT_THAT(
      scene.population.classes_of(scene.population.persons()[scene.person(Category::eleve, "101")]),
      IsEmpty());
}

TEST(Population, AClassValueThatCannotBeReadIsNotedOnPupilSchoolAndResponsables) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").with("ENTPersonGroupes", "8$40$REGROUPEMENT");
  const World world = World::of(delivery);
  const Scene scene(world);
  const auto unread = [&](Category category, std::string_view id) {
    return scene.population.persons()[scene.person(category, id)].unread;
  };
  EXPECT_TRUE(unread(Category::eleve, "103").groupes);
  EXPECT_FALSE(unread(Category::eleve, "103").classes);
  EXPECT_TRUE(unread(Category::pers_rel_eleve, "203").groupes);
  EXPECT_FALSE(unread(Category::eleve, "101").any());
  EXPECT_FALSE(unread(Category::pers_rel_eleve, "201").any());
  EXPECT_TRUE(scene.population.ecoles()[0].unread.groupes);
}

TEST(Population, AnUnreadableClassOfASchoolThatIsNotEnrolledIsNothingUnknown) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(310002)));
  delivery.find(Category::eleve, "101").with("ENTPersonClasses", "9$11$ORDINAIRE");
  World world = World::of(delivery);
  world.registry = registry_of({school_uai});
  const Scene scene(world);
  EXPECT_FALSE(scene.population.ecoles()[0].unread.any());
}

TEST(Population, ALabelMayHoldADollar) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73197", "CE1 $ CE2"));
  const World world = World::of(delivery);
  const Scene scene(world);
  const auto& classes = scene.population.classes();
  const auto node = std::ranges::find(classes, "73197", &ClasseNode::id);
  ASSERT_NE(node, classes.end());
  EXPECT_EQ(node->label, "CE1 $ CE2");
}

TEST(Population, AClassAndAGroupMayShareAnId) {
  Delivery delivery = one_school();
  delivery.find(Category::eleve, "101").with("ENTPersonGroupes", groupe("8", "73196"));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(scene.population.classes(), SizeIs(3));
}

TEST(Population, TwoAcademiesWithEqualIdsAreKeptApart) {
  World world = World::of(one_school());
  Delivery other = one_school();
  other.academie = "AC-AUTRE";
  other.find(Category::etab_educ_nat, "8").set("ENTStructureUAI", uai(660001));
  world.deliveries.push_back(other);
  world.registry = registry_of({school_uai, uai(660001)});
  const Scene scene(world);
  EXPECT_THAT(scene.population.ecoles(), SizeIs(2));
  EXPECT_THAT(scene.population.persons(), SizeIs(16));
  EXPECT_THAT(scene.population.eleves_of(0), SizeIs(2));
}

TEST(Population, ASchoolInTwoFeedsIsReportedAndDescribedByTheFirst) {
  World world = World::of(one_school());
  Delivery other = one_school();
  other.academie = "AC-AUTRE";
  world.deliveries.push_back(other);
  const Scene scene(world);
  EXPECT_THAT(codes(scene.problems), ElementsAre("DATA-002"));
  ASSERT_THAT(scene.population.ecoles(), SizeIs(1));
  EXPECT_EQ(scene.population.ecoles()[0].feed, 0);
}

// Profiles of staff
// --------------------------------------------------------------------------------

TEST(PopulationProfiles, ADirectorIsWhoDirectsAndNotWhoseSpecialitySaysSo) {
  EXPECT_EQ(profil_of(personnel("400", "8").with("ENTEnsFonctionDir", "8")), Profil::directeur);
  EXPECT_EQ(profil_of(personnel("400", "8").with("ENTEnsSpecialites", "D0000$DIRECTION")),
            Profil::enseignant);
}

TEST(PopulationProfiles, DirectingASchoolThatIsNotEnrolledMakesNoDirectorHere) {
  EXPECT_EQ(profil_of(personnel("400", "8").with("ENTEnsFonctionDir", "777")), Profil::enseignant);
}

TEST(PopulationProfiles, TheCategoryDecidesBeforeTheFunction) {
  EXPECT_EQ(profil_of(personnel("400", "8", "-")), Profil::enseignant) << "function SANS OBJET";
  EXPECT_EQ(profil_of(personnel("400", "8").set("ENTPersonCategorieEnseignant", "N")),
            Profil::personnel);
}

TEST(PopulationProfiles, WithoutACategoryTheFunctionDecides) {
  const auto with = [](std::string_view function) {
    return profil_of(personnel("400", "8", function).without("ENTPersonCategorieEnseignant"));
  };
  EXPECT_EQ(with("ENS"), Profil::enseignant);
  EXPECT_EQ(with("DOC"), Profil::enseignant);
  EXPECT_EQ(with("-"), Profil::personnel);
  EXPECT_EQ(with("AED"), Profil::personnel);
}

TEST(PopulationProfiles, SchoolsOfStaffAreThoseOfFunctionsAttachmentAndDirection) {
  Delivery delivery = one_school();
  for (const auto& [id, number] : {std::pair{"9", 310002U}, {"10", 310003U}})
    delivery.records.push_back(etab(id, uai(number)));
  delivery.records.push_back(personnel("400", "8")
                                 .with("ENTPersonFonctions", "9$ENS$L$G0000$S")
                                 .with("ENTEnsFonctionDir", "10"));
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_THAT(schools_of(scene, Category::pers_educ_nat, "400"),
              UnorderedElementsAre(school_uai, uai(310002), uai(310003)));
  EXPECT_THAT(scene.population.directeurs_of(scene.population.ecole_of(0, "10")), SizeIs(1));
  EXPECT_THAT(scene.population.directeurs_of(scene.population.ecole_of(0, "9")), IsEmpty());
}

// Rejected records
// ---------------------------------------------------------------------------------

TEST(PopulationRejects, AreRememberedById) {
  World world = World::of(one_school());
  world.delivery().reject(Category::eleve, "102");
  const Scene scene(world);
  EXPECT_TRUE(scene.population.may_be_rejected(0, Category::eleve, "102"));
  EXPECT_FALSE(scene.population.may_be_rejected(0, Category::eleve, "101"));
  EXPECT_FALSE(scene.population.may_be_rejected(0, Category::pers_rel_eleve, "102"));
  EXPECT_TRUE(scene.population.has_rejected(0, Category::eleve));
  EXPECT_FALSE(scene.population.has_rejected(0, Category::pers_rel_eleve));
}

TEST(PopulationRejects, WithoutAnIdMayBeAnybodyOfTheCategory) {
  World world = World::of(one_school());
  world.delivery().rejected.push_back({Category::eleve, "", {}, "AAF-031", "x"});
  const Scene scene(world);
  EXPECT_TRUE(scene.population.may_be_rejected(0, Category::eleve, "nobody"));
  EXPECT_FALSE(scene.population.may_be_rejected(0, Category::pers_educ_nat, "nobody"));
}

TEST(Population, InverseTablesAgreeWithTheForwardOnes) {
  Delivery delivery = one_school();
  for (int i = 0; i < 50; ++i)
    delivery.records.push_back(
        eleve(std::to_string(500 + i), "8", std::to_string(73196 + i % 3))
            .with("ENTEleveAutoriteParentale", std::to_string(201 + i % 3) + "$10"));
  const World world = World::of(delivery);
  const Scene scene(world);
  const Population& population = scene.population;
  std::size_t links = 0;
  for (PersonIndex p = 0; p < population.persons().size(); ++p) {
    const Person& person = population.persons()[p];
    for (const Link& link : population.links_of(person)) {
      ++links;
      const auto back = population.links_of(population.persons()[link.person]);
      EXPECT_EQ(std::ranges::count(back, p, &Link::person), 1);
    }
    for (const ClasseIndex c : population.classes_of(person)) {
      const auto eleves = population.eleves_of(c);
      EXPECT_EQ(std::ranges::count(eleves, p), person.profil == Profil::eleve ? 1 : 0);
    }
    for (const EcoleIndex e : population.ecoles_of(person))
      EXPECT_EQ(std::ranges::count(population.persons_of(e), p), 1);
  }
  EXPECT_EQ(links, 2U * 54U);
  EXPECT_TRUE(std::ranges::is_sorted(population.classes_of(EcoleIndex{0}), {},
                                     [&](ClasseIndex c) { return population.classes()[c].id; }));
}

}  // namespace
}  // namespace entsync::test
