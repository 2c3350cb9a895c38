#include "core/work_links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "core/explain.hpp"
#include "core/scoped_plan.hpp"
#include "school.hpp"
#include "support/part_scene.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Date date_of(std::string_view text) {
  return Date::from_iso(text).value();
}

const std::string there = uai(310002);
const std::string teacher = "AC-TEST/PersEducNat/301";

/// A part that is cut out of the whole names the requests of the whole.
std::string without_reasons(const Plan& plan) {
  return std::regex_replace(canonical(plan), std::regex(" because [^\n]*"), "");
}

/// A teacher of one school, and a school beside it with a pupil and a teacher of its own.
class WorkLinksTest : public testing::Test {
 protected:
  WorkLinksTest() : world(World::of(two_schools())) {
    world.today = date_of("2026-10-01");
    world.demandes.emplace();
    world.synchronise();
  }

  static Delivery two_schools() {
    Delivery delivery = one_school();
    delivery.records.push_back(etab("9", there));
    delivery.records.push_back(eleve("104", "9"));
    delivery.records.push_back(personnel("303", "9"));
    // Somebody of a structure that is no enrolled school.
    delivery.records.push_back(personnel("304", "77"));
    return delivery;
  }

  Demande& ask(DemandeAction action, const std::string& id = "301") {
    Demande demande;
    demande.id = "L" + std::to_string(world.demandes->size() + 1);
    demande.digest = "digest of " + demande.id;
    demande.action = action;
    demande.cle = Jointure{"AC-TEST", Category::pers_educ_nat, id};
    demande.demandeur = "ien";
    demande.valideur = "dane";
    demande.validation = *world.today;
    demande.file = "requests.csv";
    demande.line = static_cast<std::uint32_t>(world.demandes->size() + 2);
    world.demandes->push_back(demande);
    return world.demandes->back();
  }
  Demande& tie(const std::string& until = "2026-12-01", const std::string& id = "301") {
    Demande& demande = ask(DemandeAction::lier, id);
    demande.uais = {*Uai::parse(there)};
    demande.fin = date_of(until);
    return demande;
  }
  [[nodiscard]] Agents agents() const {
    return Agents::of(
        with_remembered(world.demandes.value_or(std::vector<Demande>()), world.remembered_links),
        world.registry, world.taken_demandes, world.demande_settings, world.absence, *world.today);
  }
  [[nodiscard]] std::string refusal() const {
    const Agents all = agents();
    if (all.refused().list.size() != 1) return "refusals: " + to_string(all.refused());
    return all.refused().list.front().code;
  }
  void on(const std::string& day) { world.today = date_of(day); }
  std::string run_on(const std::string& day) {
    on(day);
    return world.synchronise();
  }
  [[nodiscard]] bool is_member(const std::string& group, const std::string& id = "301") const {
    const auto values = world.directory.with("cn", there + "_" + group).values("member");
    return std::ranges::find(values, person_dn(world, id)) != values.end();
  }

  World world;
};

TEST_F(WorkLinksTest, ALinkHoldsFromItsFirstDayToItsLast) {
  tie().debut = date_of("2026-11-01");
  EXPECT_EQ(agents().links().at(0).standing, AgentStanding::awaited);
  run_on("2026-10-31");
  EXPECT_FALSE(is_member("ENS"));
  run_on("2026-11-01");
  EXPECT_TRUE(is_member("ENS"));
  EXPECT_TRUE(is_member("TOUS"));
  EXPECT_FALSE(is_member("DIR"));
  EXPECT_FALSE(is_member("ELV"));
  EXPECT_THAT(world.directory.at(person_dn(world, "301")).values("ENTPersonStructRattach"),
              ElementsAre(school_dn));
  run_on("2026-11-30");
  EXPECT_TRUE(is_member("ENS"));
  EXPECT_THAT(run_on("2026-12-01"), Not(HasSubstr(teacher)));
  EXPECT_FALSE(is_member("ENS"));
  EXPECT_FALSE(is_member("TOUS"));
  EXPECT_TRUE(is_member("ENS", "303"));
}

TEST_F(WorkLinksTest, WhatADeliveryBringsStaysWhenTheLinkEnds) {
  tie();
  run_on("2026-10-02");
  world.delivery()
      .find(Category::pers_educ_nat, "301")
      .with("ENTPersonFonctions", "9$ENS$ENSEIGNEMENT");
  run_on("2026-10-03");
  run_on("2026-12-01");
  EXPECT_TRUE(is_member("ENS"));
}

TEST_F(WorkLinksTest, NeitherALostLineNorFilesThatCannotBeReadEndALink) {
  tie();
  run_on("2026-10-02");
  world.demandes->clear();
  EXPECT_EQ(run_on("2026-10-03"), "");
  world.demandes.reset();
  EXPECT_EQ(run_on("2026-10-04"), "");
  EXPECT_TRUE(is_member("ENS"));
  run_on("2026-12-01");
  EXPECT_FALSE(is_member("ENS"));
}

TEST_F(WorkLinksTest, ALaterRequestMovesTheEndAndCloreEndsIt) {
  tie();
  run_on("2026-10-02");
  tie("2026-12-15");
  EXPECT_EQ(agents().links().at(0).end.iso(), "2026-12-15");
  tie("2026-11-15");
  ASSERT_THAT(agents().links(), SizeIs(1));
  EXPECT_EQ(agents().links().at(0).end.iso(), "2026-11-15");
  EXPECT_EQ(agents().links().at(0).debut.iso(), "2026-10-01");
  on("2026-10-05");
  ask(DemandeAction::clore);
  run_on("2026-10-05");
  EXPECT_FALSE(is_member("ENS"));
  // The order in which they were followed holds when the files have lost some of them.
  world.demandes->erase(world.demandes->begin() + 3);
  run_on("2026-10-06");
  EXPECT_FALSE(is_member("ENS"));
  ask(DemandeAction::clore).id = "L5";
  world.demandes->back().digest = "digest of L5";
  EXPECT_EQ(refusal(), "REQ-037");
}

TEST_F(WorkLinksTest, CloreNamesLinksThatStand) {
  tie();
  Demande& one = ask(DemandeAction::clore);
  one.uais = {*Uai::parse(school_uai)};
  EXPECT_EQ(refusal(), "REQ-037");
  world.demandes->back().uais = {*Uai::parse(there)};
  world.demandes->back().fin = date_of("2026-11-01");
  EXPECT_EQ(agents().links().at(0).end.iso(), "2026-11-01");
  world.demandes->back().fin = date_of("2026-12-01");
  EXPECT_EQ(refusal(), "REQ-037");
}

TEST_F(WorkLinksTest, WhatBreaksARuleIsRefusedAlone) {
  tie().valideur = "IEN";
  EXPECT_EQ(refusal(), "REQ-022");
  EXPECT_THAT(agents().links(), IsEmpty());
  world.demandes->clear();
  tie("2026-10-01");
  EXPECT_EQ(refusal(), "REQ-025");
  world.demandes->clear();
  tie().debut = date_of("2026-12-01");
  EXPECT_EQ(refusal(), "REQ-025");
  world.demandes->clear();
  tie().uais = {*Uai::parse("0660713S")};
  EXPECT_EQ(refusal(), "REQ-036");
  world.demandes->clear();
  tie();
  tie("2026-12-24").id = "L1";
  EXPECT_EQ(refusal(), "REQ-020");
  EXPECT_EQ(agents().links().at(0).end.iso(), "2026-12-01");
  world.demandes->pop_back();
  world.synchronise();
  world.demandes->front().digest = "another";
  world.demandes->front().fin = date_of("2027-01-01");
  EXPECT_EQ(refusal(), "REQ-020");
  EXPECT_EQ(agents().links().at(0).end.iso(), "2026-12-01");
}

TEST_F(WorkLinksTest, AnEndThatIsNearIsSaid) {
  tie();
  EXPECT_THAT(agents().findings().list, IsEmpty());
  on("2026-11-01");
  EXPECT_THAT(codes(agents().findings()), ElementsAre("REQ-043"));
  EXPECT_THAT(to_string(agents().findings()), HasSubstr("in 30 days"));
}

TEST_F(WorkLinksTest, TheLinkOfSomebodyWhomNoDeliveryHasWaits) {
  tie();
  world.synchronise();
  const Delivery before = world.delivery();
  std::erase_if(world.delivery().records, [](const Record& record) { return record.id == "301"; });
  const Scene scene(world);
  EXPECT_THAT(codes(scene.problems), Contains("DATA-043"));
  world.delivery() = before;
  world.synchronise();
  EXPECT_TRUE(is_member("ENS"));
}

TEST_F(WorkLinksTest, TheRegistersGoFirst) {
  tie();
  world.registers.add_restriction(teacher, date_of("2026-09-15"));
  world.synchronise();
  EXPECT_FALSE(is_member("ENS"));
}

TEST_F(WorkLinksTest, SomebodyOfNoEnrolledSchoolIsThereForAsLongAsHisLinkHolds) {
  tie("2026-12-01", "304");
  const std::string come = world.synchronise();
  EXPECT_THAT(come, HasSubstr("create enseignant"));
  EXPECT_THAT(come, HasSubstr("a link places this person in an enrolled school (request L1, "));
  EXPECT_TRUE(is_member("ENS", "304"));
  EXPECT_EQ(run_on("2026-11-30"), "");
  on("2026-12-01");
  {
    const Scene scene(world);
    const Change& end = scene.change("AC-TEST/PersEducNat/304");
    EXPECT_EQ(end.operation, Operation::absent);
    EXPECT_EQ(end.rule, end_by_request_rule);
    EXPECT_EQ(end.approver, "dane");
    EXPECT_THAT(added(end, "ENTCompteAbsentDepuis"), ElementsAre("20261201000000Z"));
  }
  world.synchronise();
  EXPECT_FALSE(is_member("ENS", "304"));
}

TEST_F(WorkLinksTest, TheEndOfLinksIsNoSurprise) {
  for (LimitTable* limits : {&world.limits.run, &world.limits.school})
    (*limits)[Surprise::member_lost].absolute = 0;
  tie();
  world.synchronise();
  on("2026-12-01");
  const Scene scene(world);
  EXPECT_TRUE(scene.verdict().go());
  const Change& change = scene.change("cn=" + there + "_ENS,ou=groups,dc=ent,dc=test");
  EXPECT_THAT(removed(change, "member"), ElementsAre(person_dn(world, "301")));
  EXPECT_EQ(change.approver, "dane");
  EXPECT_THAT(std::string(change.note), HasSubstr("request L1, requests.csv:2, approved by dane"));
}

TEST_F(WorkLinksTest, AMembershipNamesItsRequest) {
  tie();
  const Scene scene(world);
  const Change& change = scene.change("cn=" + there + "_ENS,ou=groups,dc=ent,dc=test");
  EXPECT_EQ(change.approver, "dane");
  const AttributeChange* member = attribute(change, "member");
  ASSERT_NE(member, nullptr);
  ASSERT_TRUE(member->source.known());
  EXPECT_EQ(scene.plan().files.at(member->source.file).name, "requests.csv");
  EXPECT_EQ(member->source.line, 2U);
  const auto explained = explain(scene.input(), teacher, "");
  ASSERT_THAT(explained, SizeIs(1));
  EXPECT_THAT(render(explained.front()),
              HasSubstr("linked to: " + there +
                        " until 2026-12-01 (request L1, requests.csv:2, approved by dane)"));
}

TEST_F(WorkLinksTest, APartOfASchoolOrAPersonKnowsTheLink) {
  const auto expect_parts_of_the_whole = [this] {
    const Scene scene(world);
    for (const ScopeText& text :
         {ScopeText{.school = there}, ScopeText{.school = school_uai}, ScopeText{.person = teacher},
          ScopeText{.person = "AC-TEST/PersEducNat/304"}}) {
      const Scope scope = parse_scope(text).value();
      const PartScene part(scene, scope);
      if (part.erases) continue;
      EXPECT_EQ(without_reasons(part.plan),
                without_reasons(within(make_plan(scene.input()).plan, scope, scene.input())))
          << to_string(scope);
    }
  };
  tie();
  tie("2026-12-01", "304");
  expect_parts_of_the_whole();
  world.synchronise();
  expect_parts_of_the_whole();
  on("2026-12-01");
  expect_parts_of_the_whole();
  const Scene scene(world);
  const Scope school = parse_scope(ScopeText{.school = there}).value();
  EXPECT_THAT(canonical(PartScene(scene, school).plan), HasSubstr(person_dn(world, "301")));
}

}  // namespace
}  // namespace entsync::test
