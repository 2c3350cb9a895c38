#include "core/render.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/explain.hpp"
#include "school.hpp"
#include "support/plans.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(Render, AChangeSaysWhatWhereFromAndWhy) {
  World world = school_in_sync();
  world.delivery().find(Category::pers_rel_eleve, "201").set("ENTPersonMail", "neuf@exemple.test");
  const Scene scene(world);
  EXPECT_EQ(render(scene.change("AC-TEST/PersRelEleve/201"), scene.plan()),
            "~ responsable AC-TEST/PersRelEleve/201  uid=e00000004,ou=people,dc=ent,dc=test  [" +
                school_uai +
                "]\n"
                "    because: the directory differs from the delivery\n"
                "    - mail: p201@exemple.test\n"
                "    + mail: neuf@exemple.test    (sdet-1d:responsable.mail, "
                "ENT_AC-TEST_Complet_20260902_PersRelEleve_0000.xml:4)\n");
}

TEST(Render, ARemovalNamesItsRule) {
  World world = school_in_sync();
  world.delivery().find(Category::pers_rel_eleve, "201").without("ENTPersonMail");
  const Scene scene(world);
  EXPECT_THAT(render(scene.change("AC-TEST/PersRelEleve/201"), scene.plan()),
              HasSubstr("    - mail: p201@exemple.test    (sdet-1d:responsable.mail)\n"));
}

TEST(Render, APlanHasAHeadWavesAndCounts) {
  Plan plan = plan_of({absent(1, "0310001A")});
  plan.id = "run-1";
  plan.fingerprint = {"0123456789abcdef0123", "fedcba9876543210", ""};
  EXPECT_EQ(render(plan),
            "plan run-1\n"
            "fingerprint: deliveries 0123456789abcdef rules fedcba9876543210 directory \n"
            "\n"
            "-- wave 4: absences\n"
            "! eleve uid=p1,ou=people,dc=ent,dc=test  [0310001A]\n"
            "    because: a test\n"
            "    + ENTCompteAbsentDepuis: 20260902000000Z    (test:rule.ENTCompteAbsentDepuis)\n"
            "    + ENTCompteEtat: SUSPENDU    (test:rule.ENTCompteEtat)\n"
            "\n"
            "                  + create    ~ modify    ! absent   ^ restore    - remove\n"
            "eleve                    .           .           1           .           .\n");
}

TEST(Render, NothingToDoIsSaid) {
  EXPECT_EQ(render(PlanCounts{}), "nothing to do\n");
}

TEST(Render, NumbersAreGrouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(1234567), "1 234 567");
}

TEST(Render, HoldsAreOneLineEach) {
  Verdict verdict;
  verdict.holds.push_back(
      {HoldScope::school, "0310001A", Surprise::absent, 57, 190, {20.0, 10, {}}});
  verdict.holds.push_back({HoldScope::run, "", Surprise::modify, 5, 10, {std::nullopt, 0, 4}});
  EXPECT_EQ(render(verdict),
            "held school 0310001A: absent 57 of 190 (30.0 %), limit 20.0 % above 10\n"
            "held run: modify 5 of 10 (50.0 %), limit absolute 4\n");
}

TEST(Render, AnEmptyValueIsShownAsOne) {
  ChangeText text = absent(1, "x");
  text.attributes = {{"member", {""}, {"uid=a"}, false}};
  const Plan plan = plan_of({text});
  EXPECT_THAT(render(plan.changes[0], plan), HasSubstr("    - member: (empty)\n"));
}

TEST(Render, NothingFromOutsideCanForgeALine) {
  ChangeText text = absent(1, "x\n+ y");
  text.dn = "uid=a\n- eleve forged,dc=b";
  text.attributes = {{"sn", {"a\nb"}, {"c\x1b[2Jd\u0085e"}, false}};
  Plan plan = plan_of({text});
  plan.files.push_back({"AC-TEST", "a\n.xml", "", 0, 0, Category::eleve});
  std::vector<AttributeChange> attributes(plan.changes[0].attributes.begin(),
                                          plan.changes[0].attributes.end());
  attributes[0].source = {0, 3, 0};
  plan.changes[0].attributes = attributes;
  plan.changes[0].subject = plan.store("x\ny");
  const std::string out = render(plan.changes[0], plan);
  EXPECT_EQ(std::ranges::count(out, '\n'), 4) << out;
  EXPECT_THAT(out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(out, HasSubstr("c\\x1b[2Jd\\u0085e"));
  EXPECT_THAT(out, HasSubstr("a\\x0a.xml:3"));
}

// Explain
// ------------------------------------------------------------------------------------------

TEST(Explain, APersonIsFoundByKeyByJointureAndByDn) {
  const World world = school_in_sync();
  const Scene scene(world);
  for (const std::string& what :
       {std::string("AC-TEST/Eleve/101"), std::string("AC-TEST$101"), person_dn(world, "101"),
        "UID=" + person_dn(world, "101").substr(4)}) {
    const auto found = explain(scene.input(), what, {});
    ASSERT_THAT(found, SizeIs(1)) << what;
    EXPECT_EQ(found[0].subject, "AC-TEST/Eleve/101");
    EXPECT_EQ(found[0].profil, "eleve");
    EXPECT_EQ(found[0].state, "in the directory");
    EXPECT_THAT(found[0].schools, ElementsAre(school_uai));
  }
}

TEST(Explain, AJointureMayMeanTwoPersons) {
  World world = World::of(one_school());
  world.delivery().records.push_back(eleve("301", "8"));
  const Scene scene(world);
  EXPECT_THAT(explain(scene.input(), "AC-TEST$301", {}), SizeIs(2));
  EXPECT_THAT(explain(scene.input(), "AC-TEST/Eleve/301", {}), SizeIs(1));
}

TEST(Explain, AnAttributeTellsRuleOwnerSourceAndVerdict) {
  World world = school_in_sync();
  world.directory.clear(person_dn(world, "101"), "sn");
  world.directory.put(person_dn(world, "101"), "sn", "FAUX");
  const Scene scene(world);
  const auto found = explain(scene.input(), "AC-TEST/Eleve/101", "SN");
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_THAT(found[0].attributes, SizeIs(1));
  const ExplainedAttribute& sn = found[0].attributes[0];
  EXPECT_EQ(sn.rule, "sdet-1d:eleve.sn");
  EXPECT_EQ(sn.owner, "source");
  EXPECT_EQ(sn.value_template, "{ENTPersonNom}");
  EXPECT_THAT(sn.desired, ElementsAre("NOM101"));
  EXPECT_THAT(sn.actual, ElementsAre("FAUX"));
  EXPECT_THAT(sn.sources.at(0).str(), HasSubstr("Eleve_0000.xml:2"));
  EXPECT_EQ(sn.verdict, "differs: to be changed");
}

TEST(Explain, EveryOwnerHasItsVerdict) {
  const World world = school_in_sync();
  const Scene scene(world);
  const auto verdict = [&](const char* attribute) {
    return explain(scene.input(), "AC-TEST/PersEducNat/301", attribute)
        .at(0)
        .attributes.at(0)
        .verdict;
  };
  EXPECT_EQ(verdict("sn"), "in sync");
  EXPECT_EQ(verdict("displayName"), "set at creation, never touched again");
  EXPECT_EQ(verdict("ENTAuxEnsClasses"), "belongs to the ENT: never written");
  const World fresh = World::of(one_school());
  const Scene first(fresh);
  EXPECT_EQ(explain(first.input(), "AC-TEST/Eleve/101", "sn").at(0).attributes.at(0).verdict,
            "to be set at creation");
}

TEST(Explain, SchoolsGroupsAndEntriesOfNobodyAreExplainedToo) {
  World world = school_in_sync();
  world.directory.load("dn: uid=local1,ou=people,dc=ent,dc=test\nuid: local1\n");
  const std::string gone = person_dn(world, "102");
  world.delivery().remove(Category::eleve, "102");
  const Scene scene(world);
  EXPECT_EQ(explain(scene.input(), school_uai, {}).at(0).subject, "AC-TEST/EtabEducNat/8");
  EXPECT_EQ(explain(scene.input(), group_dn("73196"), {}).at(0).state, "in the directory");
  EXPECT_THAT(explain(scene.input(), "uid=local1,ou=people,dc=ent,dc=test", {}).at(0).state,
              HasSubstr("not ours"));
  EXPECT_THAT(explain(scene.input(), gone, {}).at(0).state, HasSubstr("absent since "));
  EXPECT_THAT(explain(scene.input(), "AC-TEST/Eleve/102", {}).at(0).state,
              HasSubstr("absent since "));
  EXPECT_THAT(explain(scene.input(), "AC-TEST/Eleve/99999", {}), IsEmpty());
}

TEST(Explain, ItsTextCannotBeForged) {
  World world = World::of(one_school());
  world.delivery().find(Category::eleve, "101").set("ENTPersonNom", "A\n  state: forged");
  const Scene scene(world);
  const std::string text = render(explain(scene.input(), "AC-TEST/Eleve/101", "sn").at(0));
  EXPECT_THAT(text, HasSubstr("A\\x0a  state: forged"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 9) << text;
}

}  // namespace
}  // namespace entsync::test
