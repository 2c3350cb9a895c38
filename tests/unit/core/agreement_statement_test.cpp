#include "core/agreement_statement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::Not;

const SchoolYear stated_year = *SchoolYear::parse("2026-2027");
const std::string siret = "21660024700011";
const std::string other_uai = uai(310002);

std::uint64_t count(const AccountCounts& counts, Profil profil) {
  return counts[static_cast<std::size_t>(profil)];
}

Ecole enrolled(const std::string& uai, std::string of = siret) {
  Ecole ecole{*Uai::parse(uai), "ECOLE",           "EXEMPLE", {}, std::move(of),
              "public",         stated_year.str(), {},        {}};
  return ecole;
}

Registry registry_with(std::vector<Ecole> ecoles) {
  Registry registry;
  for (Ecole& ecole : ecoles) registry.add(std::move(ecole));
  return registry;
}

AgreementStatement statement_of(const World& world) {
  const Scene scene(world);
  return agreement_statement(world.registry, scene.snapshot, world.rules, stated_year);
}

/// Two schools; one responsable has pupils in both.
World stated_schools() {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", other_uai));
  delivery.records.push_back(eleve("109", "9").with("ENTEleveAutoriteParentale", "201$10"));
  World world = World::of(delivery);
  world.synchronise();
  world.registry = registry_with({enrolled(school_uai), enrolled(other_uai)});
  return world;
}

TEST(AgreementStatement, CountsSchoolsAmountsAndAccountsOfACollectivite) {
  const AgreementStatement statement = statement_of(stated_schools());
  ASSERT_EQ(statement.collectivites.size(), 1U);
  const CollectiviteStatement& one = statement.collectivites[0];
  EXPECT_EQ(one.siret, siret);
  ASSERT_EQ(one.schools.size(), 2U);
  EXPECT_EQ(one.amount.str(), "90.00");
  EXPECT_EQ(statement.amount.str(), "90.00");
  EXPECT_EQ(statement.schools, 2U);
  const SchoolStatement& first = one.schools[0];
  EXPECT_EQ(first.ecole.uai.str(), school_uai);
  EXPECT_TRUE(first.in_directory);
  EXPECT_EQ(count(first.accounts, Profil::eleve), 3U);
  EXPECT_EQ(count(first.accounts, Profil::responsable), 3U);
  EXPECT_EQ(count(first.accounts, Profil::enseignant), 1U);
  EXPECT_EQ(count(first.accounts, Profil::directeur), 1U);
  EXPECT_EQ(count(one.schools[1].accounts, Profil::eleve), 1U);
  EXPECT_EQ(count(one.schools[1].accounts, Profil::responsable), 1U);
  // The responsable of both is one account.
  EXPECT_EQ(count(one.accounts, Profil::responsable), 3U);
  EXPECT_EQ(count(one.accounts, Profil::eleve), 4U);
  EXPECT_EQ(total_of(statement.accounts), 9U);
}

TEST(AgreementStatement, CountsNeitherSuspendedNorRestrictedAccounts) {
  World world = stated_schools();
  world.directory.put(person_dn(world, "103"), "ENTCompteEtat", "SUSPENDU");
  world.directory.put(person_dn(world, "101"), "ENTCompteLimitation", "GEL");
  EXPECT_EQ(count(statement_of(world).accounts, Profil::eleve), 2U);
}

TEST(AgreementStatement, GroupsSchoolsByCollectiviteAndNamesThoseWithoutOne) {
  World world = stated_schools();
  world.registry = registry_with(
      {enrolled(school_uai), enrolled(other_uai, "73282932000074"), enrolled(uai(310003), "")});
  const AgreementStatement statement = statement_of(world);
  ASSERT_EQ(statement.collectivites.size(), 3U);
  EXPECT_EQ(statement.collectivites[0].siret, "");
  EXPECT_FALSE(statement.collectivites[0].schools[0].in_directory);
  EXPECT_EQ(total_of(statement.collectivites[0].accounts), 0U);
  EXPECT_EQ(statement.collectivites[1].siret, siret);
  EXPECT_EQ(statement.collectivites[1].amount.str(), "45.00");
  EXPECT_EQ(count(statement.collectivites[1].accounts, Profil::responsable), 3U);
  EXPECT_EQ(count(statement.collectivites[2].accounts, Profil::responsable), 1U);
  // In all he is one account still.
  EXPECT_EQ(count(statement.accounts, Profil::responsable), 3U);
}

TEST(AgreementStatement, KnowsASchoolWhateverTheCaseOfItsUai) {
  World world = stated_schools();
  std::string lower = school_uai;
  lower.back() = static_cast<char>(lower.back() - 'A' + 'a');
  world.directory.clear(school_dn, "ENTStructureUAI");
  world.directory.put(school_dn, "ENTStructureUAI", lower);
  EXPECT_EQ(count(statement_of(world).collectivites[0].schools[0].accounts, Profil::eleve), 3U);
}

TEST(AgreementStatement, CountsAnAgreementForTheYearThatItNames) {
  Ecole ecole = enrolled(school_uai);
  EXPECT_TRUE(is_of_year(ecole, stated_year));
  ecole.annee_scolaire = "2027-2028";
  EXPECT_FALSE(is_of_year(ecole, stated_year));
}

TEST(AgreementStatement, CountsAnAgreementWithoutAYearByItsDays) {
  const auto with = [](const char* from, const char* to) {
    Ecole ecole = enrolled(school_uai);
    ecole.annee_scolaire.clear();
    ecole.effet_le = Date::from_iso(from);
    ecole.fin_le = Date::from_iso(to);
    return is_of_year(ecole, stated_year);
  };
  EXPECT_TRUE(with("2026-12-13", "2027-09-01"));
  EXPECT_FALSE(with("2025-09-01", "2026-09-01"));
  EXPECT_TRUE(with("2025-09-01", "2026-09-02"));
  EXPECT_TRUE(with("2027-08-31", ""));
  EXPECT_FALSE(with("2027-09-01", ""));
  EXPECT_TRUE(with("", ""));
}

TEST(AgreementStatement, CountsAnAgreementThatWasEndedInTheYearAndNotBefore) {
  Ecole ecole = enrolled(school_uai);
  ecole.etat = EtatConvention::resiliee;
  EXPECT_FALSE(is_of_year(ecole, stated_year));
  ecole.etat_le = Date::from_iso("2026-09-01");
  EXPECT_FALSE(is_of_year(ecole, stated_year));
  ecole.etat_le = Date::from_iso("2026-09-02");
  EXPECT_TRUE(is_of_year(ecole, stated_year));
}

TEST(AgreementStatement, ReadsNeitherNamesNorContacts) {
  const Rules& rules = rules_1d();
  std::vector<std::string> names;
  for (const TargetAttribute attribute : statement_attributes(rules, Branch::people))
    names.push_back(rules.target.name(attribute));
  EXPECT_THAT(names, Contains("ENTPersonStructRattach"));
  EXPECT_THAT(names, Contains("ENTPersonFonctions"));
  EXPECT_THAT(names, Contains("ENTCompteEtat"));
  for (const char* personal :
       {"sn", "givenName", "mail", "ENTPersonDateNaissance", "ENTPersonAdresse"})
    EXPECT_THAT(names, Not(Contains(personal)));
}

}  // namespace
}  // namespace entsync::test
