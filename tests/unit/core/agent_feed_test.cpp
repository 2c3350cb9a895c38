#include "core/agent_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/agreement_statement.hpp"
#include "core/year_ahead.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* agent_key = "COLLECTIVITE/PersCollectivite/R1";

/// The usual school, whose town asks for an account for all its schools.
World with_an_agent() {
  World world = school_in_sync();
  const Registry enrolled = std::exchange(world.registry, Registry());
  for (const auto& [uai, ecole] : enrolled.ecoles()) {
    Ecole of_the_town = ecole;
    of_the_town.siret_collectivite = "21660024700011";
    world.registry.add(of_the_town);
  }
  Demande demande;
  demande.id = "R1";
  demande.digest = "one";
  demande.siret = "21660024700011";
  demande.civilite = "Mme";
  demande.nom = "FAUDOL";
  demande.prenom = "Rose";
  demande.courriel = "rose@ville.test";
  demande.role = RoleCollectivite::agent;
  demande.toutes_ecoles = true;
  demande.fin = Date::from_iso("2027-06-30");
  demande.demandeur = "mairie";
  demande.valideur = "dane";
  demande.validation = *Date::from_iso("2026-09-01");
  demande.file = "requests.csv";
  demande.line = 2;
  world.demandes.emplace().push_back(demande);
  return world;
}

Demande& ask_again(World& world, DemandeAction action) {
  Demande next = world.demandes->front();
  next.id = "R" + std::to_string(world.demandes->size() + 1);
  next.digest = next.id;
  next.action = action;
  next.line = static_cast<std::uint32_t>(world.demandes->size() + 2);
  world.demandes->push_back(next);
  return world.demandes->back();
}

TEST(AgentFeed, AnAccountIsAskedForByALineOfAFile) {
  const World world = with_an_agent();
  const Scene scene(world);
  EXPECT_THAT(scene.problems.list, IsEmpty());
  const Change& change = scene.change(agent_key);
  EXPECT_EQ(change.operation, Operation::create);
  EXPECT_EQ(change.profil, Profil::collectivite);
  EXPECT_EQ(change.approver, "dane");
  EXPECT_THAT(std::string(change.note), HasSubstr("request R1"));
  EXPECT_THAT(added(change, "ENTPersonJointure"), ElementsAre("COLLECTIVITE$R1"));
  EXPECT_THAT(added(change, "ENTPersonProfils"), ElementsAre("National_COL"));
  EXPECT_THAT(added(change, "ENTCompteOrigine"), ElementsAre("MANUEL"));
  EXPECT_THAT(added(change, "mail"), ElementsAre("rose@ville.test"));
  EXPECT_THAT(added(change, "objectClass"), Contains("ENTAuxNonEnsCollLoc"));
  const AttributeChange* name = attribute(change, "sn");
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(scene.plan().files[name->source.file].name, "requests.csv");
  EXPECT_EQ(name->source.line, 2U);
}

TEST(AgentFeed, TheSecondNightPlansNothing) {
  World world = with_an_agent();
  world.synchronise();
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
  const Scene scene(world);
  EXPECT_THAT(scene.agents->newly_taken(), IsEmpty());
}

/// Whatever leads from the account to a person, a class or a group, and from those to it.
std::vector<std::string> links_of(const World& world) {
  const DirectorySnapshot snapshot = world.directory.snapshot(world.rules);
  std::string own;
  for (EntryIndex e = 0; e < snapshot.size(); ++e)
    if (snapshot.entry(e).first(world.rules.names.person_jointure) == "COLLECTIVITE$R1")
      own = snapshot.entry(e).dn();
  EXPECT_FALSE(own.empty());
  std::vector<std::string> links;
  for (EntryIndex e = 0; e < snapshot.size(); ++e) {
    const SnapshotEntry entry = snapshot.entry(e);
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      const std::string text(entry.text(i));
      if (entry.dn() == own) {
        for (EntryIndex other = 0; other < snapshot.size(); ++other)
          if (other != e && snapshot.entry(other).branch() != Branch::structures &&
              text.find(snapshot.entry(other).dn()) != std::string::npos)
            links.push_back(world.rules.target.name(entry.attribute(i)) + "=" + text);
      } else if (text.find(own) != std::string::npos) {
        links.push_back(std::string(entry.dn()) + " " +
                        world.rules.target.name(entry.attribute(i)));
      }
    }
  }
  return links;
}

TEST(AgentFeed, NeverHasAViewOnPupils) {
  World world = with_an_agent();
  world.synchronise();
  EXPECT_THAT(links_of(world), IsEmpty()) << "no pupil, responsable, class or group";
  // Nor after the classes of a new year, nor when everything about the account is changed.
  for (const char* id : {"101", "102", "103"})
    world.delivery().find(Category::eleve, id).set("ENTPersonClasses", classe("8", "80001"));
  world.demandes->push_back(world.demandes->front());
  Demande& change = world.demandes->back();
  change.id = "R2";
  change.digest = "two";
  change.action = DemandeAction::modifier;
  change.role = RoleCollectivite::elu;
  change.fin.reset();
  world.synchronise();
  EXPECT_THAT(links_of(world), IsEmpty());
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
}

TEST(AgentFeed, ItsSchoolsAreThoseOfTheTownInTheDelivery) {
  World world = with_an_agent();
  world.synchronise();
  const DirectorySnapshot snapshot = world.directory.snapshot(world.rules);
  const EntryIndex agent = [&] {
    for (EntryIndex e = 0; e < snapshot.size(); ++e)
      if (snapshot.entry(e).first(world.rules.names.person_jointure) == "COLLECTIVITE$R1") return e;
    return no_entry;
  }();
  ASSERT_NE(agent, no_entry);
  std::vector<EntryIndex> schools;
  schools_of_entry(snapshot.entry(agent), snapshot, world.rules, schools);
  EXPECT_FALSE(schools.empty());
}

TEST(AgentFeed, RequestsThatCannotBeReadChangeNothing) {
  World world = with_an_agent();
  world.synchronise();
  world.demandes.reset();
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
  world.today = Date::from_iso("2027-12-01");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty()) << "not even after its day";
}

TEST(AgentFeed, ALineThatIsMissingEndsNoAccount) {
  World world = with_an_agent();
  world.synchronise();
  world.demandes->clear();
  const Scene scene(world);
  EXPECT_THAT(scene.plan().changes, IsEmpty());
  EXPECT_EQ(scene.absences.count(Presence::unknown), 1U);
}

TEST(AgentFeed, AnAccountIsSuspendedOnItsDayAndDeletedByTheClock) {
  World world = with_an_agent();
  world.synchronise();
  world.today = Date::from_iso("2027-06-30");
  {
    const Scene scene(world);
    const Change& change = scene.change(agent_key);
    EXPECT_EQ(change.operation, Operation::absent);
    EXPECT_EQ(change.approver, "dane");
    EXPECT_THAT(added(change, "ENTCompteAbsentDepuis"), ElementsAre("20270630000000Z"));
    EXPECT_THAT(added(change, "ENTCompteEtat"), ElementsAre("SUSPENDU"));
    const AttributeChange* dated = attribute(change, "ENTCompteAbsentDepuis");
    EXPECT_EQ(dated->source.line, 2U);
    EXPECT_EQ(scene.plan().changes.size(), 1U);
  }
  world.synchronise();
  world.today = Date::from_iso("2027-09-27");
  EXPECT_THAT(Scene(world).plan().changes, IsEmpty());
  world.today = Date::from_iso("2027-09-28");
  const Scene scene(world);
  EXPECT_EQ(scene.change(agent_key).operation, Operation::remove);
  EXPECT_THAT(scene.plan().changes, SizeIs(1));
}

TEST(AgentFeed, AnEndThatRequestsNameIsNoSurprise) {
  World world = with_an_agent();
  world.synchronise();
  for (auto* limits : {&world.limits.run, &world.limits.academie, &world.limits.profil})
    (*limits)[Surprise::absent] = {std::nullopt, 0, 0};
  world.today = Date::from_iso("2027-06-30");
  EXPECT_THAT(Scene(world).verdict().holds, IsEmpty());
  // Nor is it held with what is one.
  std::erase_if(world.delivery().records,
                [](const Record& record) { return record.category == Category::eleve; });
  const Scene scene(world);
  const Verdict verdict = scene.verdict();
  EXPECT_FALSE(verdict.go());
  EXPECT_FALSE(verdict.holds_change(scene.change(agent_key)));
}

TEST(AgentFeed, TheStatementCountsItWithItsSchools) {
  World world = with_an_agent();
  world.synchronise();
  const DirectorySnapshot snapshot = world.directory.snapshot(world.rules);
  const AgreementStatement statement =
      agreement_statement(world.registry, snapshot, world.rules, *SchoolYear::parse("2026-2027"));
  EXPECT_EQ(statement.accounts[static_cast<std::size_t>(Profil::collectivite)], 1U);
}

TEST(AgentFeed, WhatIsProlongedBeforeTheDeletionIsRestored) {
  World world = with_an_agent();
  world.synchronise();
  world.today = Date::from_iso("2027-06-30");
  world.synchronise();
  world.today = Date::from_iso("2027-08-01");
  Demande& next = ask_again(world, DemandeAction::prolonger);
  next.validation = *world.today;
  next.fin = Date::from_iso("2028-06-30");
  const Scene scene(world);
  EXPECT_THAT(to_string(scene.agents->refused()), IsEmpty());
  const Change& change = scene.change(agent_key);
  EXPECT_EQ(change.operation, Operation::restore);
  EXPECT_THAT(removed(change, "ENTCompteEtat"), ElementsAre("SUSPENDU"));
  EXPECT_THAT(std::string(change.note), HasSubstr("request R2"));
}

TEST(AgentFeed, WhatWasDeletedAndIsAskedForAgainHasItsIdentifierBack) {
  World world = with_an_agent();
  const std::string first = world.synchronise();
  for (const char* day : {"2027-06-30", "2027-09-28"}) {
    world.today = Date::from_iso(day);
    world.synchronise();
  }
  world.today = Date::from_iso("2027-10-01");
  Demande& again = ask_again(world, DemandeAction::creer);
  again.validation = *world.today;
  again.fin = Date::from_iso("2028-06-30");
  const Scene scene(world);
  const Change& change = scene.change(agent_key);
  EXPECT_EQ(change.operation, Operation::create);
  EXPECT_THAT(first, HasSubstr(std::string(change.dn)));
}

TEST(AgentFeed, AnAgreementThatEndsSuspendsWithoutAnApprover) {
  World world = with_an_agent();
  world.synchronise();
  const Registry enrolled = std::exchange(world.registry, Registry());
  for (const auto& [uai, ecole] : enrolled.ecoles()) {
    Ecole ended = ecole;
    ended.fin_le = Date::from_iso("2026-10-01");
    world.registry.add(ended);
  }
  world.today = Date::from_iso("2027-01-29");  // and 120 days
  const Scene scene(world);
  const Change& change = scene.change(agent_key);
  EXPECT_EQ(change.operation, Operation::absent);
  EXPECT_EQ(change.approver, "");
  EXPECT_THAT(std::string(change.note), HasSubstr("agreement"));
}

TEST(AgentFeed, TheYearAheadKnowsItsEndAndRemindsOfIt) {
  World world = with_an_agent();
  world.synchronise();
  const Scene scene(world);
  std::vector<std::string> told;
  const Date from = *Date::from_iso("2027-05-01");
  for (const YearDay& day : year_ahead(scene.input(), *Date::from_iso("2026-09-02"), from,
                                       *Date::from_iso("2027-12-31"), 30)) {
    for (const CalendarEvent& event : day.events)
      told.push_back(day.date.iso() + " " + event.about + " " + event.what);
    for (const DueAccount& account : day.accounts)
      told.push_back(day.date.iso() + " " + std::string(to_string(account.step)) + " " +
                     account.subject);
  }
  const std::string key = agent_key;
  EXPECT_THAT(told,
              ElementsAre("2027-05-31 COLLECTIVITE reminder: accounts of requests that end on "
                          "2027-06-30: 1",
                          "2027-06-30 absent " + key, "2027-06-30 suspended " + key,
                          "2027-09-28 deleted " + key));
}

TEST(AgentFeed, NobodyOfADeliveryIsTakenForAnAgent) {
  World world = with_an_agent();
  world.synchronise();
  // Somebody of the delivery who has the same names, mail and number.
  world.delivery().records.push_back(Record{Category::pers_educ_nat, "1", {}});
  world.delivery()
      .find(Category::pers_educ_nat, "1")
      .with("ENTPersonNom", "FAUDOL")
      .with("ENTPersonPrenom", "Rose")
      .with("ENTPersonMail", "rose@ville.test")
      .with("ENTPersonFonctions", "8$ENS$ENSEIGNEMENT$$");
  const Scene scene(world);
  EXPECT_EQ(scene.change("AC-TEST/PersEducNat/1").operation, Operation::create);
  EXPECT_FALSE(scene.changes(agent_key));
  EXPECT_THAT(scene.planned.review, IsEmpty());
}

}  // namespace
}  // namespace entsync::test
