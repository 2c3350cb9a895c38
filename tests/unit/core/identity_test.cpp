#include "core/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/text.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LoginBase, IsFirstNameDotNameInAscii) {
  EXPECT_EQ(login_base("Éléonore", "DE L'HAŸ", 40), "eleonore.delhay");
  EXPECT_EQ(login_base("Jean-Noël", "D'ARC", 40), "jeannoel.darc");
  EXPECT_EQ(login_base("", "MAIRIE DE VILLE", 40), "mairiedeville");
  EXPECT_EQ(login_base("Cher", "", 40), "cher");
  EXPECT_EQ(login_base("李", "王", 40), "compte");
  EXPECT_EQ(login_base("", "", 40), "compte");
}

TEST(LoginBase, NeverHasMoreThanItsLength) {
  const std::string a(60, 'a');
  const std::string b(60, 'b');
  for (std::size_t length = 8; length <= 64; ++length)
    for (const std::size_t n : {1U, 3U, 7U, 20U, 60U})
      for (const std::size_t m : {1U, 3U, 7U, 20U, 60U}) {
        const std::string login = login_base(a.substr(0, n), b.substr(0, m), length);
        EXPECT_LE(login.size(), length);
        EXPECT_TRUE(login.find("a.b") != std::string::npos) << login << ": both parts are left";
      }
  EXPECT_EQ(login_base("maximilienne", "vandenberghe", 15), "maximil.vandenb");
  EXPECT_EQ(login_base("jo", "vandenbergheverlinden", 15), "jo.vandenberghe");
  EXPECT_EQ(login_base("", b, 10), "bbbbbbbbbb");
}

World with_pupils(const std::vector<std::pair<std::string, std::string>>& names) {
  Delivery delivery;
  delivery.records.push_back(etab("8", school_uai));
  for (std::size_t i = 0; i < names.size(); ++i)
    delivery.records.push_back(eleve(std::to_string(100 + i), "8")
                                   .set("ENTPersonPrenom", names[i].first)
                                   .set("ENTPersonNom", names[i].second));
  return World::of(delivery);
}

Identity identity(const Scene& scene, std::string_view id) {
  return scene.identities.of_person[scene.person(Category::eleve, id)].value();
}

TEST(Identities, HomonymsAreNumberedFromTwo) {
  const World world = with_pupils({{"Léa", "MARTIN"}, {"Lea", "Martin"}, {"LÉA", "MARTIN"}});
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "100").login, "lea.martin");
  EXPECT_EQ(identity(scene, "101").login, "lea.martin2");
  EXPECT_EQ(identity(scene, "102").login, "lea.martin3");
}

TEST(Identities, ANameThatEndsLikeANumberIsNotGivenTwice) {
  const World world = with_pupils({{"Léa", "MARTIN2"}, {"Léa", "MARTIN"}, {"Léa", "MARTIN"}});
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "100").login, "lea.martin2");
  EXPECT_EQ(identity(scene, "101").login, "lea.martin");
  EXPECT_EQ(identity(scene, "102").login, "lea.martin3");
}

TEST(Identities, LoginsOfTheDirectoryAndOfThePastAreTaken) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.directory.load("dn: uid=x,ou=people,dc=ent,dc=test\nuid: x\nENTPersonLogin: LEA.Martin\n");
  world.ledger.remember({"AC-TEST/Eleve/1", "e00000001", "lea.martin2"});
  EXPECT_EQ(identity(Scene(world), "100").login, "lea.martin3");
}

TEST(Identities, CountOnAboveTheDirectoryAndTheLedger) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.ledger.remember({"AC-TEST/Eleve/1", "e00000041", ""});
  EXPECT_EQ(identity(Scene(world), "100").identifiant, "e00000042");
  world.directory.load("dn: uid=e00000050,ou=people,dc=ent,dc=test\nuid: e00000050\n");
  EXPECT_EQ(identity(Scene(world), "100").identifiant, "e00000051");
}

TEST(Identities, TheCaseOfAnIdentifierInTheDirectoryIsNoDifference) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.directory.load("dn: uid=E00000001,ou=people,dc=ent,dc=test\nuid: E00000001\n");
  EXPECT_EQ(identity(Scene(world), "100").identifiant, "e00000002");
}

TEST(Identities, IdentifiersOfAnotherShapeDoNotCount) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  for (const char* uid : {"e12x", "ent00000099", "f00000099", "e", "e99999999999999999999"})
    world.directory.load("dn: uid=" + std::string(uid) +
                         ",ou=people,dc=ent,dc=test\nuid: " + std::string(uid) + "\n");
  EXPECT_EQ(identity(Scene(world), "100").identifiant, "e00000001");
}

TEST(Identities, AnIdentifierInUseIsSkippedEvenAtTheEndOfTheNumbers) {
  World world = with_pupils({{"Léa", "MARTIN"}, {"Léo", "MARTIN"}, {"Lou", "MARTIN"}});
  for (const char* uid : {"e18446744073709551614", "e00000000"})
    world.directory.load("dn: uid=" + std::string(uid) +
                         ",ou=people,dc=ent,dc=test\nuid: " + std::string(uid) + "\n");
  const Scene scene(world);
  std::set<std::string> given{"e18446744073709551614", "e00000000"};
  for (const char* id : {"100", "101", "102"})
    EXPECT_TRUE(given.insert(identity(scene, id).identifiant).second);
}

TEST(Identities, SomebodyTheLedgerKnowsGetsHisOwnBack) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.ledger.remember({"AC-TEST/Eleve/100", "e00000007", "ancien.login"});
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "100"), (Identity{"AC-TEST/Eleve/100", "e00000007", "ancien.login"}));
}

TEST(Identities, WhoWasGoneGetsIdentifierAndLoginBack) {
  World world = with_pupils({{"Léa", "MARTIN"}, {"Lea", "MARTIN"}});
  world.ledger.bury({"AC-TEST/Eleve/101", "e00000007", "lea.martin"});
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "101"), (Identity{"AC-TEST/Eleve/101", "e00000007", "lea.martin"}));
  EXPECT_EQ(identity(scene, "100").login, "lea.martin2");
  EXPECT_EQ(identity(scene, "100").identifiant, "e00000008");
}

TEST(Identities, WhoWasGoneIsKnownUnderAnotherKeyByIneAndBirthDate) {
  for (const char* birth : {"01/02/2018", "02/02/2018"}) {
    World world = with_pupils({{"Léa", "MARTIN"}});
    world.delivery()
        .find(Category::eleve, "100")
        .set("ENTEleveINE", "1000000000A")
        .set("ENTPersonDateNaissance", "01/02/2018");
    world.ledger.remember({"AC-TEST/Eleve/55", "e00000005", "lea.martin"});
    world.ledger.bury({"AC-AUTRE/Eleve/7", "e00000003", "lea.martin2"}, "1000000000A", birth);
    const Scene scene(world);
    const bool is_he = birth == std::string_view("01/02/2018");
    EXPECT_EQ(identity(scene, "100").identifiant, is_he ? "e00000003" : "e00000006");
    EXPECT_EQ(identity(scene, "100").login, is_he ? "lea.martin2" : "lea.martin3");
  }
}

TEST(Identities, TheCaseOfALoginThatIsGivenBackIsNoDifference) {
  World world = with_pupils({{"Léa", "MARTIN"}, {"Léa", "MARTIN"}});
  world.ledger.remember({"AC-TEST/Eleve/100", "e00000007", "Lea.Martin"});
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "100").login, "Lea.Martin");
  EXPECT_EQ(identity(scene, "101").login, "lea.martin2");
}

TEST(Identities, AnOldLoginThatSomebodyElseHasNowIsNotTakenFromHim) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.ledger.remember({"AC-TEST/Eleve/100", "e00000007", "ancien.login"});
  world.directory.load(
      "dn: uid=x,ou=people,dc=ent,dc=test\nuid: x\nENTPersonLogin: ancien.login\n");
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "100").identifiant, "e00000007");
  EXPECT_EQ(identity(scene, "100").login, "lea.martin");
}

TEST(Identities, AnAccountWithTwoKeysIsMadeOnce) {
  World world = World::of(one_school());
  world.ledger.remember({"AC-TEST/Eleve/101", "e00000042", "prenom101.nom101"});
  world.ledger.remember({"AC-TEST/Eleve/102", "e00000042", "prenom101.nom101"});
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/Eleve/101").identifiant, "e00000042");
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/102"));
  EXPECT_THAT(scene.identities.review, SizeIs(1));
}

TEST(Identities, AnIdentifierOnAnEntryThatLostItsKeyIsForReview) {
  World world = with_pupils({{"Léa", "MARTIN"}});
  world.ledger.remember({"AC-TEST/Eleve/100", "e00000007", "lea.martin"});
  world.directory.load("dn: uid=E00000007,ou=people,dc=ent,dc=test\nuid: E00000007\n");
  const Scene scene(world);
  EXPECT_FALSE(scene.identities.of_person[scene.person(Category::eleve, "100")]);
  ASSERT_THAT(scene.identities.review, SizeIs(1));
  EXPECT_EQ(scene.identities.review[0].subject, "AC-TEST/Eleve/100");
  EXPECT_FALSE(scene.changes("AC-TEST/Eleve/100"));
}

TEST(Identities, NobodyWhoHasAnEntryGetsANewOne) {
  const World world = school_in_sync();
  const Scene scene(world);
  for (const auto& given : scene.identities.of_person) EXPECT_FALSE(given);
}

TEST(Identities, APersonneMoraleHasALoginWithoutAFirstName) {
  World world = World::of(one_school());
  world.delivery().find(Category::pers_rel_eleve, "201").without("ENTPersonPrenom");
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/PersRelEleve/201").login, "parent201");
}

TEST(Identities, TheOrderOfTheRecordsIsNoDifference) {
  World world = with_pupils({{"Léa", "MARTIN"}, {"Léa", "MARTIN"}, {"Léa", "MARTIN"}});
  World turned = world;
  std::ranges::reverse(turned.delivery().records);
  const Scene a(world);
  const Scene b(turned);
  for (const char* id : {"100", "101", "102"}) EXPECT_EQ(identity(a, id), identity(b, id));
}

TEST(Identities, SmallerNumbersComeFirst) {
  Delivery delivery;
  delivery.records = {etab("8", school_uai), eleve("1000", "8"), eleve("999", "8")};
  const World world = World::of(delivery);
  const Scene scene(world);
  EXPECT_EQ(identity(scene, "999").identifiant, "e00000001");
  EXPECT_EQ(identity(scene, "1000").identifiant, "e00000002");
}

}  // namespace
}  // namespace entsync::test
