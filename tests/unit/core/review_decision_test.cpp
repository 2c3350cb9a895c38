#include "core/review_decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/dn.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr auto link = ReviewDecision::Kind::link;
constexpr auto separate = ReviewDecision::Kind::separate;

std::string older_entry(const std::string& uid, const std::string& more) {
  std::string text = "dn: uid=" + uid + ",ou=people,dc=ent,dc=test\nuid: " + uid + "\ncn: X\n";
  for (const char* object_class :
       {"top", "person", "organizationalPerson", "inetOrgPerson", "ENTPerson", "ENTAuxEleve"})
    text += std::string("objectClass: ") + object_class + "\n";
  return text + "sn: Nom101\ngivenName: PRENOM101\nENTPersonDateNaissance: 01/02/2018\n" +
         "ENTPersonLogin: " + uid + "\n" + more + "\n";
}

std::string older_dn(const std::string& uid) {
  return "uid=" + uid + ",ou=people,dc=ent,dc=test";
}

World world_with(const std::string& directory, std::vector<ReviewDecision> decisions = {}) {
  World world = World::of(one_school());
  world.directory.load(directory);
  world.decisions = ReviewDecisions(std::move(decisions));
  return world;
}

TEST(ReviewDecisions, SeparateTheirPairOnly) {
  const ReviewDecisions decisions(
      {{separate, "AC-X/Eleve/2", "uid=b"}, {link, "AC-X/Eleve/1", "uid=a"}});
  EXPECT_TRUE(decisions.are_separate("AC-X/Eleve/2", "uid=b"));
  EXPECT_FALSE(decisions.are_separate("AC-X/Eleve/2", "uid=a"));
  EXPECT_FALSE(decisions.are_separate("AC-X/Eleve/1", "uid=a")) << "linked";
}

TEST(ReviewDecisions, AnEntryWithTheNamesAndBirthDateWaits) {
  const World world = world_with(older_entry("vieux1", ""));
  const Scene scene(world);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_TRUE(scene.matched.review()[0].decidable);
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/101")) << "neither created nor changed";
  EXPECT_TRUE(scene.changes("AC-TEST/Eleve/102")) << "only he waits";
}

TEST(ReviewDecisions, AnAccountThatTheSchoolMadeWaitsToo) {
  const World world = world_with(older_entry("local1", "ENTPersonJointure: ENT$7\n"));
  const Scene scene(world);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_THAT(scene.matched.review()[0].keys, testing::ElementsAre("ENT$7"));
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/101"));
}

TEST(ReviewDecisions, EverybodyUnderOtherKeysIsNoListButASurprise) {
  World world = World::of(one_school());
  std::string directory;
  for (unsigned n = 400; n < 430; ++n) {
    const std::string id = std::to_string(n);
    world.delivery().records.push_back(eleve(id, "8"));
    std::string entry = older_entry("u" + id, "ENTPersonJointure: AC-ANCIEN$" + id + "\n");
    entry.replace(entry.find("Nom101"), 6, "NOM" + id);
    entry.replace(entry.find("PRENOM101"), 9, "Prenom" + id);
    directory += entry;
  }
  world.directory.load(directory);
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty());
  EXPECT_EQ(scene.change("AC-TEST/Eleve/400").operation, Operation::create);
}

TEST(ReviewDecisions, ALinkHoldsOnTheFollowingNights) {
  World world =
      world_with(older_entry("vieux1", ""), {{link, "AC-TEST/Eleve/101", older_dn("vieux1")}});
  world.synchronise();
  const Scene next(world);
  EXPECT_THAT(next.plan().changes, IsEmpty());
  EXPECT_THAT(next.matched.review(), IsEmpty());
  EXPECT_EQ(person_dn(world, "101"), older_dn("vieux1"));
}

TEST(ReviewDecisions, ASeparationHoldsOnTheFollowingNights) {
  World world =
      world_with(older_entry("vieux1", ""), {{separate, "AC-TEST/Eleve/101", older_dn("vieux1")}});
  world.synchronise();
  const Scene next(world);
  EXPECT_THAT(next.plan().changes, IsEmpty());
  EXPECT_THAT(next.matched.review(), IsEmpty());
  EXPECT_NE(person_dn(world, "101"), older_dn("vieux1"));
}

TEST(ReviewDecisions, OfSeveralEntriesWithOneKeyTheLinkedOneIsTaken) {
  const std::string key = "ENTPersonJointure: AC-TEST$101\n";
  World world = world_with(older_entry("vieux1", key) + older_entry("vieux2", key),
                           {{link, "AC-TEST/Eleve/101", older_dn("vieux2")}});
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty());
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(older_dn("vieux2")));
  EXPECT_EQ(scene.matched.status(scene.entry(older_dn("vieux1"))), EntryStatus::ambiguous)
      << "left as it is";
}

TEST(ReviewDecisions, AnEntryWithTwoKeysGoesToTheOneWhoWasLinkedAndTheOtherStillWaits) {
  const World world = world_with(
      older_entry("vieux1", "ENTPersonJointure: AC-TEST$101\nENTPersonJointure: AC-TEST$102\n"),
      {{link, "AC-TEST/Eleve/101", older_dn("vieux1")}});
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(older_dn("vieux1")));
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_EQ(scene.matched.review()[0].subject, "AC-TEST/Eleve/102");
}

TEST(ReviewDecisions, AnEntryWithTwoKeysIsLeftToTheOneWhoWasNotSeparated) {
  const World world = world_with(
      older_entry("vieux1", "ENTPersonJointure: AC-TEST$101\nENTPersonJointure: AC-TEST$102\n"),
      {{link, "AC-TEST/Eleve/101", older_dn("vieux1")},
       {separate, "AC-TEST/Eleve/102", older_dn("vieux1")}});
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty());
  EXPECT_EQ(scene.change("AC-TEST/Eleve/102").operation, Operation::create);
}

TEST(ReviewDecisions, ASeparationLeavesTheEntryToTheOtherWhateverTheOrder) {
  for (const bool first : {true, false}) {
    const World world = world_with(
        older_entry("vieux1", "ENTPersonJointure: AC-TEST$101\nENTPersonJointure: AC-TEST$102\n"),
        {{separate, first ? "AC-TEST/Eleve/101" : "AC-TEST/Eleve/102", older_dn("vieux1")}});
    const Scene scene(world);
    EXPECT_THAT(scene.matched.review(), IsEmpty());
    EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, first ? "102" : "101")),
              scene.entry(older_dn("vieux1")));
  }
}

TEST(ReviewDecisions, TwoLinksDoNotTakeEachOthersEntry) {
  const World world = world_with(
      older_entry("vieux1", "ENTPersonJointure: AC-TEST$101\nENTPersonJointure: AC-TEST$102\n") +
          older_entry("vieux2", "ENTPersonJointure: AC-TEST$102\n"),
      {{link, "AC-TEST/Eleve/101", older_dn("vieux1")},
       {link, "AC-TEST/Eleve/102", older_dn("vieux2")}});
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty());
  for (const auto& [id, uid] : {std::pair{"101", "vieux1"}, std::pair{"102", "vieux2"}})
    EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, id)),
              scene.entry(older_dn(uid)));
}

TEST(ReviewDecisions, ALinkToAnEntryThatIsGoneIsNoLink) {
  const World world = world_with("", {{link, "AC-TEST/Eleve/101", older_dn("vieux1")}});
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/Eleve/101").operation, Operation::create);
}

TEST(PupilSearch, AnIneWithoutABirthDateDoesNotTell) {
  World world = World::of(one_school());
  world.delivery().find(Category::eleve, "101").with("ENTEleveINE", "1000000000A");
  std::string entry = older_entry("vieux1", "ENTEleveINE: 1000000000a\n");
  const std::string birth = "ENTPersonDateNaissance: 01/02/2018\n";
  entry.erase(entry.find(birth), birth.size());
  world.directory.load(entry);
  const Scene scene(world);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_EQ(scene.matched.review()[0].reason, "an entry has its INE, but not its birth date");
}

TEST(PupilSearch, ANamesakeWithoutAnIneIsNotInTheWayOfThePupilWithIt) {
  World world = World::of(one_school());
  world.delivery().find(Category::eleve, "103").with("ENTEleveINE", "1000000000A");
  world.synchronise();
  const std::string dn = person_dn(world, "103");
  world.delivery().remove(Category::eleve, "103");
  Record namesake = eleve("100", "8");
  namesake.set("ENTPersonNom", "NOM103").set("ENTPersonPrenom", "Prenom103");
  Record again = eleve("109", "8").with("ENTEleveINE", "1000000000A");
  world.delivery().records.push_back(namesake);
  world.delivery().records.push_back(again);
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty()) << "two records of one delivery are two pupils";
  EXPECT_EQ(scene.change("AC-TEST/Eleve/109").dn, dn);
  EXPECT_EQ(scene.change("AC-TEST/Eleve/100").operation, Operation::create);
}

TEST(PupilSearch, TwoIneTellHomonymsApart) {
  World world = World::of(one_school());
  world.delivery().find(Category::eleve, "101").with("ENTEleveINE", "1000000000A");
  world.directory.load(older_entry("vieux1", "ENTEleveINE: 1000000000B\n"));
  const Scene scene(world);
  EXPECT_THAT(scene.matched.review(), IsEmpty());
}

TEST(PupilSearch, ARejectedRecordMayBeThatOfTheAccount) {
  World world = World::of(one_school());
  world.delivery().find(Category::eleve, "101").with("ENTEleveINE", "1000000000A");
  world.synchronise();
  world.delivery().reject(Category::eleve, "101");
  Record again = eleve("109", "8").with("ENTEleveINE", "1000000000A");
  world.delivery().records.push_back(again);
  const Scene scene(world);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/109"));
}

}  // namespace
}  // namespace entsync::test
