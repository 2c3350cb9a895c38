#include "core/scoped_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Scope scope_of(const ScopeText& text) {
  return *parse_scope(text);
}

/// The plan of a scope, looked into.
class Part {
 public:
  Part(const World& world, const ScopeText& text)
      : scene_(world),
        plan(within(std::move(scene_.planned.plan), scope_of(text), scene_.input())) {
    EXPECT_THAT(check_plan(plan).list, IsEmpty());
  }

  /// The change of a subject or DN; fails the test when there is none.
  [[nodiscard]] const Change& of(std::string_view subject_or_dn) const {
    for (const Change& change : plan.changes)
      if (change.subject == subject_or_dn || change.dn == subject_or_dn) return change;
    throw std::logic_error("no change of " + std::string(subject_or_dn));
  }
  [[nodiscard]] std::vector<std::string> subjects() const {
    std::vector<std::string> all;
    for (const Change& change : plan.changes) all.emplace_back(change.subject);
    return all;
  }

 private:
  Scene scene_;

 public:
  Plan plan;
};

std::vector<std::string> attributes_of(const Change& change) {
  std::vector<std::string> names;
  for (const AttributeChange& attribute : change.attributes)
    names.emplace_back(attribute.attribute);
  return names;
}

/// Everybody's name is wrong.
World drifted() {
  World world = school_in_sync();
  for (const char* id : {"101", "102", "103", "201", "202", "203", "301", "302"}) {
    world.directory.clear(person_dn(world, id), "sn");
    world.directory.put(person_dn(world, id), "sn", "FAUX");
  }
  return world;
}

TEST(ScopedPlan, OfAPersonIsHisAlone) {
  EXPECT_THAT(Part(drifted(), {.person = "AC-TEST/Eleve/101"}).subjects(),
              ElementsAre("AC-TEST/Eleve/101"));
  EXPECT_THAT(Part(drifted(), {.person = "ac-test/PersRelEleve/203"}).subjects(),
              ElementsAre("AC-TEST/PersRelEleve/203"));
}

TEST(ScopedPlan, OfAClassIsOfItsPupils) {
  EXPECT_THAT(Part(drifted(), {.classe = school_uai + "/73196"}).subjects(),
              UnorderedElementsAre("AC-TEST/Eleve/101", "AC-TEST/Eleve/102"));
}

TEST(ScopedPlan, OfAProfileOrASchoolIsOfTheirPeople) {
  EXPECT_THAT(Part(drifted(), {.profil = "enseignant"}).subjects(),
              ElementsAre("AC-TEST/PersEducNat/301"));
  World world = drifted();
  const std::string second = uai(310002);
  world.registry = registry_of({school_uai, second});
  world.delivery().records.push_back(etab("9", second));
  world.delivery().records.push_back(eleve("109", "9"));
  const Part school(world, {.school = school_uai});
  EXPECT_THAT(school.plan.changes, SizeIs(8));
  const Part other(world, {.school = second});
  EXPECT_THAT(other.subjects(), Contains("AC-TEST/EtabEducNat/9"));
  EXPECT_THAT(other.subjects(), Contains("AC-TEST/Eleve/109"));
  EXPECT_THAT(other.subjects(), Not(Contains("AC-TEST/Eleve/101")));
  EXPECT_THAT(added(other.of(group_dn("73196", second)), "member"), SizeIs(1));
}

TEST(ScopedPlan, OfSeveralPartsIsWhatTheyHaveInCommon) {
  EXPECT_THAT(Part(drifted(), {.school = school_uai, .profil = "responsable"}).plan.changes,
              SizeIs(3));
  EXPECT_THAT(
      Part(drifted(), {.classe = school_uai + "/73196", .profil = "responsable"}).plan.changes,
      IsEmpty());
  EXPECT_THAT(
      Part(drifted(), {.person = "AC-TEST/Eleve/101", .classe = school_uai + "/73197"}).subjects(),
      IsEmpty());
}

TEST(ScopedPlan, ALinkIsChangedAtBothEndsAndNothingElseOfTheOtherEnd) {
  World world = drifted();
  world.delivery()
      .find(Category::eleve, "101")
      .without("ENTEleveAutoriteParentale")
      .with("ENTEleveAutoriteParentale", "201$10")
      .with("ENTEleveAutoriteParentale", "203$20");
  world.delivery().find(Category::eleve, "102").without("ENTEleveAutoriteParentale");
  const Part part(world, {.person = "AC-TEST/Eleve/101"});
  EXPECT_THAT(part.subjects(),
              UnorderedElementsAre("AC-TEST/Eleve/101", "AC-TEST/PersRelEleve/203"));
  const Change& other = part.of("AC-TEST/PersRelEleve/203");
  EXPECT_THAT(attributes_of(other), ElementsAre("ENTAuxPersRelEleveEleve"));
  EXPECT_THAT(added(other, "ENTAuxPersRelEleveEleve"), ElementsAre(person_dn(world, "101")));
}

TEST(ScopedPlan, AMoveChangesBothGroupsForHimAlone) {
  World world = school_in_sync();
  for (const char* id : {"101", "102"})
    world.delivery().find(Category::eleve, id).set("ENTPersonClasses", classe("8", "73198", "CE1"));
  const Part part(world, {.person = "AC-TEST/Eleve/101"});
  const std::string pupil = person_dn(world, "101");
  const Change& left = part.of(group_dn("73196"));
  EXPECT_EQ(left.operation, Operation::modify);
  EXPECT_THAT(removed(left, "member"), ElementsAre(pupil));
  EXPECT_THAT(added(left, "member"), IsEmpty());
  EXPECT_THAT(added(part.of(group_dn("73198")), "member"), ElementsAre(pupil));
  const Change& school = part.of("AC-TEST/EtabEducNat/8");
  EXPECT_THAT(added(school, "ENTStructureClasses"), ElementsAre("73198$CE1"));
  EXPECT_THAT(removed(school, "ENTStructureClasses"), IsEmpty());
  world.directory.apply(part.plan);
  EXPECT_THAT(world.directory.broken_links(), IsEmpty());
}

TEST(ScopedPlan, TheLastMemberLeavesThePlaceholderBehind) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  const Part part(world, {.person = "AC-TEST/Eleve/103"});
  const Change& left = part.of(group_dn("73197"));
  EXPECT_EQ(left.operation, Operation::modify);
  EXPECT_EQ(left.wave, wave::groups);
  EXPECT_THAT(removed(left, "member"), ElementsAre(person_dn(world, "103")));
  EXPECT_THAT(added(left, "member"), ElementsAre(""));
  EXPECT_THAT(world.directory.apply(part.plan), IsEmpty());
}

TEST(ScopedPlan, ANewPupilBringsHisNewResponsableAndSchoolButNotTheSibling) {
  World world = school_in_sync();
  const std::string second = uai(310002);
  world.registry = registry_of({school_uai, second});
  auto& records = world.delivery().records;
  records.push_back(etab("9", second));
  for (const char* id : {"111", "112"})
    records.push_back(eleve(id, "9").with("ENTEleveAutoriteParentale", "211$10"));
  records.push_back(responsable("211"));
  const Part part(world, {.person = "AC-TEST/Eleve/111"});
  EXPECT_EQ(part.of("AC-TEST/EtabEducNat/9").operation, Operation::create);
  EXPECT_EQ(part.of("AC-TEST/Eleve/111").operation, Operation::create);
  const Change& parent = part.of("AC-TEST/PersRelEleve/211");
  EXPECT_THAT(added(parent, "ENTAuxPersRelEleveEleve"),
              ElementsAre(std::string(part.of("AC-TEST/Eleve/111").dn)));
  EXPECT_THAT(part.subjects(), Not(Contains("AC-TEST/Eleve/112")));
  EXPECT_THAT(added(part.of(group_dn("73196", second)), "member"), SizeIs(1));
  EXPECT_THAT(added(part.of(group_dn("TUT", second)), "member"), SizeIs(1));
  EXPECT_THAT(world.directory.apply(part.plan), IsEmpty());
  EXPECT_THAT(world.directory.broken_links(), IsEmpty());
}

TEST(ScopedPlan, AnAbsenceIsDatedAsInAFullRun) {
  World world = school_in_sync();
  for (const char* id : {"101", "103"}) world.delivery().remove(Category::eleve, id);
  const Part part(world, {.person = "AC-TEST/Eleve/103"});
  EXPECT_EQ(part.of("AC-TEST/Eleve/103").operation, Operation::absent);
  EXPECT_THAT(part.subjects(), Not(Contains("AC-TEST/Eleve/101")));
}

TEST(ScopedPlan, ALeftOverGroupGoesWithItsSchoolOnly) {
  World world = school_in_sync();
  world.delivery().find(Category::eleve, "103").set("ENTPersonClasses", classe("8", "73196"));
  EXPECT_EQ(Part(world, {.school = school_uai}).of(group_dn("73197")).operation, Operation::remove);
  EXPECT_EQ(Part(world, {.classe = school_uai + "/73197"}).of(group_dn("73197")).operation,
            Operation::remove);
  EXPECT_EQ(Part(world, {.profil = "eleve"}).of(group_dn("73197")).operation, Operation::modify);
}

TEST(ScopedPlan, AnAccountWithoutItsRoleIsMadeOneBeforeItTakesALink) {
  World world = school_in_sync();
  world.delivery().records.push_back(responsable("204"));
  world.delivery().find(Category::eleve, "103").with("ENTEleveAutoriteParentale", "204$10");
  world.directory.load(
      "dn: uid=ancien,ou=people,dc=ent,dc=test\nobjectClass: top\nobjectClass: person\n"
      "objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nobjectClass: ENTPerson\n"
      "uid: ancien\ncn: PARENT204\nsn: PARENT204\nENTPersonLogin: ancien\n"
      "ENTPersonJointure: AC-TEST$204\n\n");
  const Part part(world, {.person = "AC-TEST/Eleve/103"});
  EXPECT_THAT(added(part.of("AC-TEST/PersRelEleve/204"), "objectClass"),
              Contains("ENTAuxPersRelEleve"));
  EXPECT_THAT(world.directory.apply(part.plan), IsEmpty());
}

TEST(ScopedPlan, WhereValuesAreReplacedAsAWholeThoseOfOthersStay) {
  World world = school_in_sync();
  TargetVocabulary& target = world.rules.target;
  target.info(target.find("ENTElevePersRelEleve")).matching = Matching::none;
  world.delivery()
      .find(Category::eleve, "101")
      .without("ENTEleveAutoriteParentale")
      .with("ENTEleveAutoriteParentale", "203$10");
  const Part part(world, {.person = "AC-TEST/PersRelEleve/203"});
  const Change& pupil = part.of("AC-TEST/Eleve/101");
  EXPECT_TRUE(attribute(pupil, "ENTElevePersRelEleve")->replace);
  EXPECT_THAT(added(pupil, "ENTElevePersRelEleve"),
              UnorderedElementsAre(person_dn(world, "201") + "$10", person_dn(world, "202") + "$20",
                                   person_dn(world, "203") + "$10"));
  const Part other(world, {.person = "AC-TEST/PersRelEleve/201"});
  EXPECT_THAT(added(other.of("AC-TEST/Eleve/101"), "ENTElevePersRelEleve"),
              ElementsAre(person_dn(world, "202") + "$20"));
}

TEST(ScopedPlan, AnAttributeOfOneValueChangesAsAWhole) {
  World world = school_in_sync();
  TargetVocabulary& target = world.rules.target;
  target.info(target.find("ENTAuxPersRelEleveEleve")).single_valued = true;
  world.delivery().find(Category::eleve, "103").without("ENTEleveAutoriteParentale");
  world.delivery().find(Category::eleve, "101").set("ENTEleveAutoriteParentale", "203$10");
  const Part part(world, {.person = "AC-TEST/Eleve/101"});
  const Change& other = part.of("AC-TEST/PersRelEleve/203");
  EXPECT_THAT(removed(other, "ENTAuxPersRelEleveEleve"), ElementsAre(person_dn(world, "103")));
  EXPECT_THAT(added(other, "ENTAuxPersRelEleveEleve"), ElementsAre(person_dn(world, "101")));
}

// Unknown subjects -------------------------------------------------------------------------------

std::vector<std::string> unknown(const World& world, const ScopeText& text) {
  const Scene scene(world);
  std::vector<std::string> items;
  for (const Problem& problem : check_scope(scope_of(text), scene.input()).list) {
    EXPECT_EQ(problem.code, "SCOPE-002");
    items.push_back(problem.where.item);
  }
  return items;
}

TEST(CheckScope, NamesWhatNeitherSideKnows) {
  const World world = school_in_sync();
  EXPECT_THAT(unknown(world, {.person = "AC-TEST/Eleve/999"}), ElementsAre("AC-TEST/Eleve/999"));
  EXPECT_THAT(unknown(world, {.person = "AC-TEST/Eleve/201"}), ElementsAre("AC-TEST/Eleve/201"));
  EXPECT_THAT(
      unknown(world, {.classe = school_uai + "/1", .school = uai(310002), .academie = "AC-AUTRE"}),
      ElementsAre(school_uai + "/1", uai(310002), "AC-AUTRE"));
}

TEST(CheckScope, KnowsWhoIsOnOneSideOnly) {
  World world = school_in_sync();
  world.delivery().remove(Category::eleve, "103");
  world.delivery().records.push_back(eleve("104", "8", "73198"));
  for (const ScopeText& text :
       {ScopeText{.person = "AC-TEST/Eleve/103"}, ScopeText{.person = "AC-TEST/Eleve/104"},
        ScopeText{.classe = school_uai + "/73197"}, ScopeText{.classe = school_uai + "/73198"},
        ScopeText{.school = school_uai, .academie = "AC-TEST"}})
    EXPECT_THAT(unknown(world, text), IsEmpty());
}

}  // namespace
}  // namespace entsync::test
