#include "core/agents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scene.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Date date_of(std::string_view text) {
  return Date::from_iso(text).value();
}

const std::string town = "21660024700011";
const std::string other_town = "73282932000074";
const Uai school = *Uai::parse("0660713S");
const Uai second_school = *Uai::parse("0400740M");
const Uai foreign_school = *Uai::parse("0693796B");

/// A town with two schools, and one with a school of its own.
class AgentsTest : public testing::Test {
 protected:
  AgentsTest() {
    enrol(school, town);
    enrol(second_school, town);
    enrol(foreign_school, other_town);
    settings.public_mail_domains = {"gmail.test"};
  }

  void enrol(const Uai& uai, const std::string& of_town) {
    Ecole ecole{
        uai, {}, {}, {}, of_town, "public", {}, date_of("2026-09-01"), date_of("2027-09-01")};
    registry.add(ecole);
  }
  /// The registry with one school written otherwise.
  void change(const Uai& uai, const std::function<void(Ecole&)>& how) {
    Registry next;
    next.grace_days = registry.grace_days;
    for (const auto& [known, ecole] : registry.ecoles()) {
      Ecole copy = ecole;
      if (known == uai) how(copy);
      next.add(copy);
    }
    registry = std::move(next);
  }

  Demande& ask(DemandeAction action) {
    Demande demande;
    demande.id = "R" + std::to_string(demandes.size() + 1);
    demande.digest = "digest of " + demande.id;
    demande.action = action;
    demande.siret = town;
    demande.courriel = "rose@ville.test";
    demande.demandeur = "mairie";
    demande.valideur = "dane";
    demande.validation = today;
    demande.file = "requests.csv";
    demande.line = static_cast<std::uint32_t>(demandes.size() + 2);
    demandes.push_back(demande);
    return demandes.back();
  }
  Demande& open() {
    Demande& demande = ask(DemandeAction::creer);
    demande.civilite = "Mme";
    demande.nom = "FAUDOL";
    demande.prenom = "Rose";
    demande.role = RoleCollectivite::agent;
    demande.toutes_ecoles = true;
    demande.fin = date_of("2027-06-30");
    return demande;
  }
  [[nodiscard]] Agents agents() const {
    return Agents::of(demandes, registry, taken, settings, absence, today);
  }
  /// Follows what is there on its day, as a run does.
  void run() {
    const Agents all = agents();
    for (const TakenDemande& one : all.newly_taken()) taken[one.id] = one.digest;
  }
  /// The code of the only refusal, and its line.
  [[nodiscard]] std::string refusal() const {
    const Agents all = agents();
    if (all.refused().list.size() != 1) return "refusals: " + to_string(all.refused());
    const Problem& problem = all.refused().list.front();
    return problem.code + " " + std::to_string(problem.where.line);
  }

  Registry registry;
  DemandeSettings settings;
  AbsenceSettings absence;
  TakenDemandes taken;
  std::vector<Demande> demandes;
  Date today = date_of("2026-10-01");
};

TEST_F(AgentsTest, ARequestOpensAnAccountUntilItsDay) {
  open();
  const Agents all = agents();
  EXPECT_THAT(to_string(all.refused()), IsEmpty());
  EXPECT_THAT(to_string(all.findings()), IsEmpty());
  ASSERT_THAT(all.list(), SizeIs(1));
  const Agent& agent = all.list().front();
  EXPECT_EQ(agent.id, "R1");
  EXPECT_EQ(agent.standing, AgentStanding::active);
  EXPECT_EQ(agent.end.iso(), "2027-06-30");
  EXPECT_THAT(agent.ecoles, ElementsAre(second_school, school));
  EXPECT_THAT(all.newly_taken(), ElementsAre(TakenDemande{"r1", "digest of R1"}));
}

TEST_F(AgentsTest, AnAccountEndsOnItsDayAndStandsBeforeItsFirst) {
  open().debut = date_of("2026-11-01");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::awaited);
  run();
  today = date_of("2026-11-01");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::active);
  today = date_of("2027-06-29");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::active);
  today = date_of("2027-06-30");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
  EXPECT_EQ(agents().list().front().end.iso(), "2027-06-30");
}

TEST_F(AgentsTest, WhoAsksDoesNotApprove) {
  open().valideur = "MAIRIE ";
  EXPECT_EQ(refusal(), "REQ-022 2");
  EXPECT_THAT(agents().list(), IsEmpty());
  EXPECT_THAT(agents().newly_taken(), IsEmpty());
}

TEST_F(AgentsTest, AnApprovalOfADayToComeIsNone) {
  open().validation = date_of("2026-10-02");
  EXPECT_EQ(refusal(), "REQ-023 2");
}

TEST_F(AgentsTest, AnAddressOfAPublicMailServiceIsNoProfessionalOne) {
  open().courriel = "rose@gmail.test";
  EXPECT_EQ(refusal(), "REQ-024 2");
}

TEST_F(AgentsTest, AnAccountThatWouldHaveEndedIsNotOpened) {
  open().fin = today;
  EXPECT_EQ(refusal(), "REQ-025 2");
}

TEST_F(AgentsTest, TheSiretHasToBeInTheRegistry) {
  open().siret = "35600000000048";
  EXPECT_EQ(refusal(), "REQ-026 2");
}

TEST_F(AgentsTest, EverySchoolHasToBeOfTheCollectivite) {
  Demande& demande = open();
  demande.toutes_ecoles = false;
  demande.uais = {school, foreign_school};
  EXPECT_EQ(refusal(), "REQ-027 2");
}

TEST_F(AgentsTest, AnAgreementHasToBeInForce) {
  Demande& demande = open();
  demande.toutes_ecoles = false;
  demande.uais = {school};
  const auto resiliee = [](Ecole& ecole) { ecole.etat = EtatConvention::resiliee; };
  change(school, resiliee);
  EXPECT_EQ(refusal(), "REQ-028 2");
  demande.toutes_ecoles = true;
  EXPECT_THAT(agents().refused().list, IsEmpty()) << "the other school has one";
  EXPECT_THAT(agents().list().front().ecoles, ElementsAre(second_school));
  change(second_school, [](Ecole& ecole) { ecole.effet_le = date_of("2026-10-02"); });
  EXPECT_EQ(refusal(), "REQ-028 2");
  change(second_school, [](Ecole& ecole) {
    ecole.effet_le = date_of("2025-09-01");
    ecole.fin_le = date_of("2026-06-02");  // and 120 days: 30 September
  });
  EXPECT_EQ(refusal(), "REQ-028 2");
}

TEST_F(AgentsTest, TheEndIsNotLaterThanThatOfTheAgreementAndItsGrace) {
  open().fin = date_of("2027-12-30");  // 1 September and 120 days
  EXPECT_THAT(agents().refused().list, IsEmpty());
  demandes.front().fin = date_of("2027-12-31");
  EXPECT_EQ(refusal(), "REQ-029 2");
  registry.grace_days = 121;
  EXPECT_THAT(agents().refused().list, IsEmpty());
  change(second_school, [](Ecole& ecole) { ecole.fin_le.reset(); });
  registry.grace_days = 0;
  EXPECT_THAT(agents().refused().list, IsEmpty()) << "one of the agreements has no term";
}

TEST_F(AgentsTest, OneMailAndSiretIsOneAccount) {
  open();
  Demande& again = open();
  again.nom = "FAUDOL-BEC";
  again.fin = date_of("2027-07-31");
  open().siret = other_town;
  const Agents all = agents();
  EXPECT_THAT(to_string(all.refused()), IsEmpty());
  ASSERT_THAT(all.list(), SizeIs(2));
  EXPECT_EQ(all.list()[0].id, "R1");
  EXPECT_EQ(all.list()[0].nom, "FAUDOL-BEC");
  EXPECT_EQ(all.list()[0].end.iso(), "2027-07-31");
  EXPECT_EQ(all.list()[0].last.id, "R2");
  EXPECT_EQ(all.list()[1].id, "R3");
}

TEST_F(AgentsTest, AnAccountNeverPassesToSomebodyElse) {
  open();
  Demande& again = open();
  again.nom = "AUTRE";
  again.prenom = "Jean";
  EXPECT_EQ(refusal(), "REQ-035 3");
  EXPECT_EQ(agents().list().front().nom, "FAUDOL");
}

TEST_F(AgentsTest, ARequestIsFollowedOnce) {
  open();
  demandes.push_back(demandes.front());
  const Agents all = agents();
  EXPECT_THAT(to_string(all.refused()), IsEmpty());
  EXPECT_THAT(all.list(), SizeIs(1));
  EXPECT_THAT(all.newly_taken(), SizeIs(1));
  demandes.back().digest = "of another content";
  demandes.back().id = "r1";
  demandes.back().line = 3;
  EXPECT_EQ(refusal(), "REQ-020 3");
}

TEST_F(AgentsTest, ARequestThatWasFollowedIsNeverChanged) {
  open();
  run();
  EXPECT_THAT(agents().newly_taken(), IsEmpty());
  demandes.front().digest = "of a later end";
  EXPECT_EQ(refusal(), "REQ-021 2");
  EXPECT_THAT(agents().list(), IsEmpty());
}

TEST_F(AgentsTest, NothingUnknownIsModifiedProlongedOrClosed) {
  for (const DemandeAction action :
       {DemandeAction::modifier, DemandeAction::prolonger, DemandeAction::clore}) {
    demandes.clear();
    Demande& demande = ask(action);
    demande.role = RoleCollectivite::elu;
    demande.toutes_ecoles = true;
    demande.fin = date_of("2027-01-01");
    EXPECT_EQ(refusal(), "REQ-030 2") << to_string(action);
  }
}

TEST_F(AgentsTest, AnAccountIsModifiedButForItsDates) {
  open();
  Demande& demande = ask(DemandeAction::modifier);
  demande.role = RoleCollectivite::referent_ville;
  demande.uais = {school};
  EXPECT_THAT(to_string(agents().refused()), IsEmpty());
  const Agents all = agents();
  EXPECT_EQ(all.list().front().role, RoleCollectivite::referent_ville);
  EXPECT_EQ(all.list().front().nom, "FAUDOL");
  EXPECT_THAT(all.list().front().ecoles, ElementsAre(school));
  demandes.back().fin = date_of("2027-07-31");
  EXPECT_EQ(refusal(), "REQ-032 3");
}

TEST_F(AgentsTest, ALaterEndIsAskedForBeforeTheDeletion) {
  open().fin = date_of("2027-01-31");
  run();
  ask(DemandeAction::prolonger).fin = date_of("2027-01-15");
  EXPECT_EQ(refusal(), "REQ-033 3");
  demandes.back().fin = date_of("2027-06-30");
  EXPECT_EQ(agents().list().front().end.iso(), "2027-06-30");
  EXPECT_EQ(agents().list().front().ending.id, "R2");
  today = date_of("2027-04-29");  // the day before three months have passed
  demandes.back().validation = today;
  EXPECT_EQ(agents().list().front().standing, AgentStanding::active);
  today = date_of("2027-04-30");
  demandes.back().validation = today;
  EXPECT_EQ(refusal(), "REQ-031 3");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
}

TEST_F(AgentsTest, AnAccountIsClosedOnADayOrOnThatOfTheApproval) {
  open();
  run();
  today = date_of("2026-12-01");
  ask(DemandeAction::clore);
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
  EXPECT_EQ(agents().list().front().end.iso(), "2026-12-01");
  demandes.back().fin = date_of("2026-12-18");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::active);
  today = date_of("2026-12-18");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
  demandes.back().fin = date_of("2027-06-30");
  EXPECT_EQ(refusal(), "REQ-034 3");
}

TEST_F(AgentsTest, WhatEndsNeedsNoAgreement) {
  open();
  run();
  change(school, [](Ecole& ecole) { ecole.siret_collectivite = other_town; });
  change(second_school, [](Ecole& ecole) { ecole.siret_collectivite = other_town; });
  ask(DemandeAction::clore);
  EXPECT_THAT(to_string(agents().refused()), IsEmpty());
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
}

TEST_F(AgentsTest, WhoIsReopenedAfterTheEndHasTheSameAccount) {
  open().fin = date_of("2026-12-01");
  run();
  today = date_of("2027-05-01");
  open();
  const Agents all = agents();
  EXPECT_THAT(to_string(all.refused()), IsEmpty());
  ASSERT_THAT(all.list(), SizeIs(1));
  EXPECT_EQ(all.list().front().id, "R1");
  EXPECT_EQ(all.list().front().debut, today);
  EXPECT_EQ(all.list().front().standing, AgentStanding::active);
}

// What the registry says later ------------------------------------------------------------------

TEST_F(AgentsTest, AnAgreementThatIsEndedEndsItsAccounts) {
  open();
  run();
  for (const Uai& uai : {school, second_school})
    change(uai, [&](Ecole& ecole) {
      ecole.etat = EtatConvention::resiliee;
      ecole.etat_le = uai == school ? date_of("2026-11-15") : date_of("2026-11-20");
    });
  today = date_of("2026-11-19");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::active);
  EXPECT_THAT(agents().list().front().ecoles, ElementsAre(second_school));
  today = date_of("2026-11-21");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
  EXPECT_EQ(agents().list().front().end.iso(), "2026-11-20");
  EXPECT_THAT(to_string(agents().refused()), IsEmpty());
}

TEST_F(AgentsTest, ATermThatIsSetEarlierEndsTheAccountWithItsGrace) {
  open();
  run();
  for (const Uai& uai : {school, second_school})
    change(uai, [](Ecole& ecole) { ecole.fin_le = date_of("2026-10-31"); });
  registry.grace_days = 30;
  EXPECT_THAT(to_string(agents().refused()), IsEmpty());
  EXPECT_EQ(agents().list().front().end.iso(), "2026-11-30");
  today = date_of("2026-11-30");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended);
}

TEST_F(AgentsTest, WhatTheRegistryDoesNotTellIsDoubtedAndNotEnded) {
  open();
  run();
  registry = Registry();
  enrol(foreign_school, other_town);
  const Agents all = agents();
  EXPECT_EQ(all.list().front().standing, AgentStanding::doubtful);
  EXPECT_THAT(codes(all.findings()), ElementsAre("REQ-040"));
  today = date_of("2027-06-30");
  EXPECT_EQ(agents().list().front().standing, AgentStanding::ended) << "its date holds anyway";
}

TEST_F(AgentsTest, ARunRemindsOfAnEndThatIsNear) {
  open();
  run();
  today = date_of("2027-05-30");
  EXPECT_THAT(agents().findings().list, IsEmpty());
  today = date_of("2027-05-31");
  const Problems findings = agents().findings();
  ASSERT_THAT(codes(findings), ElementsAre("REQ-041"));
  EXPECT_THAT(to_string(findings), HasSubstr("ends on 2027-06-30, in 30 days"));
  settings.reminder_days = 0;
  EXPECT_THAT(agents().findings().list, IsEmpty());
}

}  // namespace
}  // namespace entsync::test
