#include "core/match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A person's entry as an ENT without us may hold it.
std::string entry_text(const std::string& uid, const std::string& jointure, const std::string& role,
                       const std::string& name = "X") {
  std::string text =
      "dn: uid=" + uid + ",ou=people,dc=ent,dc=test\nuid: " + uid + "\nsn: " + name + "\ncn: X\n";
  for (const char* object_class :
       {"top", "person", "organizationalPerson", "inetOrgPerson", "ENTPerson"})
    text += std::string("objectClass: ") + object_class + "\n";
  if (!role.empty()) text += "objectClass: " + role + "\n";
  if (!jointure.empty()) text += "ENTPersonJointure: " + jointure + "\n";
  return text + "ENTPersonLogin: " + uid + "\n\n";
}

std::string dn_of(const std::string& uid) {
  return "uid=" + uid + ",ou=people,dc=ent,dc=test";
}

World world_with(const std::string& directory) {
  World world = World::of(one_school());
  world.directory.load(directory);
  return world;
}

TEST(Match, AnEntryThatWasThereBeforeUsIsAdoptedByItsKey) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$101", "ENTAuxEleve"));
  const Scene scene(world);
  const PersonIndex p = scene.person(Category::eleve, "101");
  EXPECT_EQ(scene.matched.entry_of(p), scene.entry(dn_of("vieux1")));
  EXPECT_EQ(scene.matched.status(scene.entry(dn_of("vieux1"))), EntryStatus::matched);
  EXPECT_EQ(scene.matched.subject_of(scene.entry(dn_of("vieux1"))), p);
  const Change& change = scene.change("AC-TEST/Eleve/101");
  EXPECT_EQ(change.operation, Operation::modify);
  EXPECT_THAT(added(change, "uid"), IsEmpty()) << "his identifier is kept";
  EXPECT_THAT(added(change, "ENTPersonLogin"), IsEmpty());
}

TEST(Match, NobodyIsMatchedByName) {
  std::string twin = entry_text("vieux1", "", "ENTAuxEleve");
  const World world = world_with(twin + "sn: NOM101\ngivenName: Prenom101\n");
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")), no_entry);
  EXPECT_EQ(scene.matched.status(scene.entry(dn_of("vieux1"))), EntryStatus::foreign);
}

TEST(Match, KeysOfOtherSourcesAreForeign) {
  const World world = world_with(entry_text("local1", "ENT$101", "ENTAuxEleve") +
                                 entry_text("local2", "AC-AUTRE$101", "ENTAuxEleve") +
                                 entry_text("local3", "101", "ENTAuxEleve"));
  const Scene scene(world);
  for (const char* uid : {"local1", "local2", "local3"})
    EXPECT_EQ(scene.matched.status(scene.entry(dn_of(uid))), EntryStatus::foreign) << uid;
}

TEST(Match, TheCaseOfTheSourceIsNoDifference) {
  const World world = world_with(entry_text("vieux1", "ac-test$101", "ENTAuxEleve"));
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(dn_of("vieux1")));
  EXPECT_EQ(attribute(scene.change("AC-TEST/Eleve/101"), "ENTPersonJointure"), nullptr);
}

TEST(Match, AnEntryWithoutARoleIsAdopted) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$101", "", "Nôm-101"));
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(dn_of("vieux1")));
  EXPECT_THAT(added(scene.change("AC-TEST/Eleve/101"), "objectClass"), ElementsAre("ENTAuxEleve"));
}

TEST(Match, AnEntryWithoutARoleAndWithAnotherNameIsLeftForReview) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$301", "", "DUPONT"));
  const Scene scene(world);
  const PersonIndex p = scene.person(Category::pers_educ_nat, "301");
  EXPECT_EQ(scene.matched.entry_of(p), no_entry) << "a former pupil would get a teacher's account";
  EXPECT_TRUE(scene.matched.is_ambiguous(p));
  EXPECT_EQ(scene.matched.status(scene.entry(dn_of("vieux1"))), EntryStatus::ambiguous);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_EQ(scene.matched.review()[0].subject, "AC-TEST/PersEducNat/301");
  EXPECT_FALSE(scene.changes("AC-TEST/PersEducNat/301"));
  EXPECT_FALSE(scene.changes(dn_of("vieux1")));
}

TEST(Match, AnEntryOfTwoRolesIsHisOnlyWithHisName) {
  for (const auto& [name, is_his] : {std::pair{"DUPONT", false}, {"Agent301", true}}) {
    World world = world_with(entry_text("vieux1", "AC-TEST$301", "ENTAuxEnseignant", name));
    world.directory.put(dn_of("vieux1"), "objectClass", "ENTAuxEleve");
    const Scene scene(world);
    EXPECT_EQ(scene.matched.entry_of(scene.person(Category::pers_educ_nat, "301")) != no_entry,
              is_his)
        << name;
  }
}

TEST(Match, EqualIdsOfTwoCategoriesAreTwoPersons) {
  World world = world_with(entry_text("vieux1", "AC-TEST$301", "ENTAuxEnseignant") +
                           entry_text("vieux2", "AC-TEST$301", "ENTAuxEleve"));
  world.delivery().records.push_back(eleve("301", "8"));
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::pers_educ_nat, "301")),
            scene.entry(dn_of("vieux1")));
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "301")),
            scene.entry(dn_of("vieux2")));
  EXPECT_THAT(scene.matched.review(), IsEmpty());
}

TEST(Match, TheIdOfAnotherCategoryIsNoMatch) {
  World world = world_with(entry_text("vieux1", "AC-TEST$301", "ENTAuxEnseignant"));
  world.delivery().remove(Category::pers_educ_nat, "301");
  world.delivery().records.push_back(eleve("301", "8"));
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "301")), no_entry);
  EXPECT_EQ(scene.matched.status(scene.entry(dn_of("vieux1"))), EntryStatus::unmatched);
  EXPECT_EQ(scene.matched.key_of(scene.entry(dn_of("vieux1")))->category, Category::pers_educ_nat);
}

TEST(Match, TwoEntriesWithOneKeyAreLeftAlone) {
  World world = world_with(entry_text("vieux1", "AC-TEST$101", "ENTAuxEleve") +
                           entry_text("vieux2", "AC-TEST$101", "ENTAuxEleve"));
  const Scene scene(world);
  const PersonIndex p = scene.person(Category::eleve, "101");
  EXPECT_EQ(scene.matched.entry_of(p), no_entry);
  EXPECT_TRUE(scene.matched.is_ambiguous(p));
  for (const char* uid : {"vieux1", "vieux2"})
    EXPECT_EQ(scene.matched.status(scene.entry(dn_of(uid))), EntryStatus::ambiguous);
  ASSERT_THAT(scene.matched.review(), SizeIs(1));
  EXPECT_THAT(scene.matched.review()[0].candidates, ElementsAre(dn_of("vieux1"), dn_of("vieux2")));
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/101")) << "neither changed nor created a third time";
}

TEST(Match, TheEntryWithTheRoleIsPreferredToOneWithout) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$101", "") +
                                 entry_text("vieux2", "AC-TEST$101", "ENTAuxEleve"));
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(dn_of("vieux2")));
}

TEST(Match, OneEntryWithTheKeysOfTwoPersonsIsLeftAlone) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$101", "ENTAuxEleve") + "\n");
  World two = world;
  two.directory.put(dn_of("vieux1"), "ENTPersonJointure", "AC-TEST$102");
  const Scene scene(two);
  for (const char* id : {"101", "102"}) {
    const PersonIndex p = scene.person(Category::eleve, id);
    EXPECT_EQ(scene.matched.entry_of(p), no_entry);
    EXPECT_TRUE(scene.matched.is_ambiguous(p));
    EXPECT_FALSE(scene.changes("AC-TEST/Eleve/" + std::string(id)));
  }
  EXPECT_THAT(scene.matched.review(), SizeIs(2));
  EXPECT_EQ(scene.matched.status(scene.entry(dn_of("vieux1"))), EntryStatus::ambiguous);
}

TEST(Match, AThirdClaimIsReviewedToo) {
  World world = world_with(entry_text("vieux1", "AC-TEST$101", "ENTAuxEleve"));
  world.directory.put(dn_of("vieux1"), "ENTPersonJointure", "AC-TEST$102");
  world.directory.put(dn_of("vieux1"), "ENTPersonJointure", "AC-TEST$103");
  const Scene scene(world);
  for (const char* id : {"101", "102", "103"})
    EXPECT_TRUE(scene.matched.is_ambiguous(scene.person(Category::eleve, id))) << id;
  EXPECT_THAT(scene.matched.review(), SizeIs(3));
}

TEST(Match, AnEntryWithAKeyOfAnotherSourceTooIsStillHis) {
  World world = world_with(entry_text("vieux1", "ENT$5", "ENTAuxEleve"));
  world.directory.put(dn_of("vieux1"), "ENTPersonJointure", "AC-TEST$101");
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of(scene.person(Category::eleve, "101")),
            scene.entry(dn_of("vieux1")));
}

TEST(Match, KeysOfTwoAcademiesAreKeptApart) {
  World world = world_with(entry_text("vieux1", "AC-AUTRE$101", "ENTAuxEleve"));
  Delivery other;
  other.academie = "AC-AUTRE";
  other.records = {etab("8", uai(660001)), eleve("101", "8")};
  world.deliveries.push_back(other);
  world.registry = registry_of({school_uai, uai(660001)});
  const Scene scene(world);
  ASSERT_EQ(scene.population.feed_count(), 2U);
  for (PersonIndex p = 0; p < scene.population.persons().size(); ++p) {
    const Person& person = scene.population.persons()[p];
    if (person.record.id() != "101" || person.profil != Profil::eleve) continue;
    EXPECT_EQ(scene.matched.entry_of(p) != no_entry, person.feed == 1);
  }
}

TEST(Match, SchoolsAreMatchedByUaiWhateverTheirKey) {
  const World world = world_with(
      "dn: ou=ecole,ou=structures,dc=ent,dc=test\nou: ecole\nobjectClass: ENTEcole\n"
      "ENTStructureUAI: " +
      school_uai + "\nENTStructureJointure: ENT$5\n");
  const Scene scene(world);
  EXPECT_EQ(scene.matched.entry_of_ecole(0), scene.entry("ou=ecole,ou=structures,dc=ent,dc=test"));
  EXPECT_THAT(added(scene.change("AC-TEST/EtabEducNat/8"), "ENTStructureJointure"),
              ElementsAre("AC-TEST$8"));
  EXPECT_THAT(removed(scene.change("AC-TEST/EtabEducNat/8"), "ENTStructureJointure"), IsEmpty());
}

TEST(Match, OfTwoEntriesWithOneUaiTheSameOneIsChosenEveryNight) {
  // Servers return entries in any order: build both snapshots by hand.
  const World world = World::of(one_school());
  const TargetAttribute uai_attribute = world.rules.names.uai;
  const auto chosen = [&](std::vector<std::string> dns) {
    SnapshotBuilder builder;
    for (const std::string& dn : dns) {
      const std::pair<TargetAttribute, std::string_view> value{uai_attribute, school_uai};
      builder.add_entry(Branch::structures, dn, "c", {&value, 1});
    }
    for (const Branch branch : {Branch::people, Branch::structures, Branch::groups})
      builder.search_ended({branch, {}, 0, 0});
    const DirectorySnapshot snapshot = SnapshotBuilder::finish(std::move(builder)).value();
    const Scene scene(world);
    const Matched matched = Matched::make(scene.population, snapshot, world.rules);
    EXPECT_THAT(matched.review(), SizeIs(1));
    return std::string(snapshot.entry(matched.entry_of_ecole(0)).dn());
  };
  const std::string a = "ou=a,ou=structures,dc=ent,dc=test";
  const std::string b = "ou=b,ou=structures,dc=ent,dc=test";
  EXPECT_EQ(chosen({a, b}), a);
  EXPECT_EQ(chosen({b, a}), a);
}

TEST(Match, AnUnmatchedEntryTellsItsKey) {
  const World world = world_with(entry_text("vieux1", "AC-TEST$777", "ENTAuxPersRelEleve"));
  const Scene scene(world);
  const EntryIndex entry = scene.entry(dn_of("vieux1"));
  EXPECT_EQ(scene.matched.status(entry), EntryStatus::unmatched);
  const auto key = scene.matched.key_of(entry);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->category, Category::pers_rel_eleve);
  EXPECT_EQ(key->id, "777");
}

}  // namespace
}  // namespace entsync::test
