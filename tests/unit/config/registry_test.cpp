#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_registry.hpp"
#include "fragments.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& text) {
  Problems warnings;
  const auto registry = config::parse_registry(text, "registre.toml", warnings);
  return registry ? std::vector<std::string>{} : messages_of(registry.error());
}

TEST(RegistryFile, ASchoolIsReadWithEverythingThatIsKnownOfIt) {
  Problems warnings;
  const auto registry = config::parse_registry(
      "format = 1\n"
      "[[ecole]]\n"
      "uai = \"0660713s\"\nlabel = \"LES TILLEULS\"\ncommune = \"VILLE\"\ndepartement = \"66\"\n"
      "siret_collectivite = \"73282932000074\"\nstatut = \"prive\"\n"
      "responsable_traitement = \"OGEC EXEMPLE\"\nannee_scolaire = \"2026-2027\"\n"
      "signe_le = \"2026-06-30\"\neffet_le = \"2026-09-01\"\nfin_le = \"2027-08-31\"\netat = "
      "\"a_renouveler\"\n",
      "registre.toml", warnings);
  ASSERT_TRUE(registry) << to_string(registry.error());
  const Ecole* ecole = registry->find(*Uai::parse("0660713S"));
  ASSERT_NE(ecole, nullptr);
  EXPECT_EQ(ecole->label, "LES TILLEULS");
  EXPECT_EQ(ecole->statut, "prive");
  EXPECT_EQ(ecole->responsable_traitement, "OGEC EXEMPLE");
  EXPECT_EQ(ecole->signe_le->iso(), "2026-06-30");
  EXPECT_EQ(ecole->effet_le->iso(), "2026-09-01");
  EXPECT_EQ(ecole->etat, EtatConvention::a_renouveler);
  EXPECT_EQ(registry->digest.size(), 64U);
}

TEST(RegistryFile, AnAgreementTakesEffectWhenItIsSignedUnlessItNamesAnotherDay) {
  Problems warnings;
  const auto registry = config::parse_registry(
      "format = 1\n[[ecole]]\nuai = \"0660713S\"\nsigne_le = \"2026-12-13\"\n", "registre.toml",
      warnings);
  ASSERT_TRUE(registry) << to_string(registry.error());
  EXPECT_EQ(registry->find(*Uai::parse("0660713S"))->effet_le->iso(), "2026-12-13");
}

TEST(RegistryFile, WhatHoldsForAllAgreementsHasDefaults) {
  Problems warnings;
  const std::string school = "[[ecole]]\nuai = \"0660713S\"\n";
  const auto usual = config::parse_registry("format = 1\n" + school, "registre.toml", warnings);
  ASSERT_TRUE(usual) << to_string(usual.error());
  EXPECT_EQ(usual->montant_par_ecole.str(), "45.00");
  EXPECT_EQ(usual->grace_days, 120U);
  const auto own =
      config::parse_registry("format = 1\nmontant_par_ecole = \"50.50\"\ngrace_days = 0\n" + school,
                             "registre.toml", warnings);
  ASSERT_TRUE(own) << to_string(own.error());
  EXPECT_EQ(own->montant_par_ecole.str(), "50.50");
  EXPECT_EQ(own->grace_days, 0U);
}

TEST(RegistryFile, DepartementsAreComparedAsTheUaiWritesThem) {
  for (const auto& [uai, departement] : {std::pair{"0660713S", "66"},
                                         {"0660713S", "066"},
                                         {"9740001H", "974"},
                                         {"6200001G", "2A"},
                                         {"7200009X", "2B"},
                                         {"6200001G", "2a"}})
    EXPECT_THAT(problems_of("format = 1\n[[ecole]]\nuai = \"" + std::string(uai) +
                            "\"\ndepartement = \"" + std::string(departement) + "\"\n"),
                IsEmpty())
        << uai << " " << departement;
}

class WrongRegistry : public testing::TestWithParam<Fragment> {};

TEST_P(WrongRegistry, IsRefusedWithLineAndKey) {
  EXPECT_THAT(problems_of(GetParam().text), ElementsAreArray(GetParam().messages));
}

const std::string head = "format = 1\n[[ecole]]\nuai = \"0660713S\"\n";
const std::string in_registry = "registre.toml:";

INSTANTIATE_TEST_SUITE_P(
    Registry, WrongRegistry,
    testing::Values(
        Fragment{
            "no_format",
            "[[ecole]]\nuai = \"0660713S\"\n",
            {in_registry + "1: error CONF-002 [format]: this key is missing – add format = 1"}},
        Fragment{"other_format",
                 "format = 2\n",
                 {in_registry + "1: error CONF-002 [format]: 2 is out of range – allowed: 1 to 1"}},
        Fragment{
            "no_school",
            "format = 1\n",
            {in_registry +
             "1: error CONF-002: the registry names no school – add an [[ecole]] for each enrolled "
             "school"}},
        Fragment{"wrong_letter",
                 "format = 1\n[[ecole]]\nuai = \"0660713R\"\n",
                 {in_registry +
                  "3: error CONF-002 [ecole[1].uai]: '0660713R': the check letter of 0660713 "
                  "is S – correct "
                  "the UAI"}},
        Fragment{"no_uai",
                 "format = 1\n[[ecole]]\n",
                 {in_registry +
                  "2: error CONF-002 [ecole[1].uai]: this key is missing – add uai = \"…\""}},
        Fragment{"twice",
                 head + "[[ecole]]\nuai = \"0660713s\"\n",
                 {in_registry +
                  "5: error CONF-002 [ecole[2].uai]: the school 0660713S is in the registry "
                  "twice – remove one "
                  "line"}},
        Fragment{"departement",
                 head + "departement = \"31\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].departement]: the UAI says département 066, "
                  "not 031 – correct "
                  "the one that is wrong"}},
        Fragment{"siret",
                 head + "siret_collectivite = \"73282932000075\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].siret_collectivite]: this is not a SIRET: 14 "
                  "digits with a valid "
                  "control digit – take it from the collectivité's agreement"}},
        Fragment{"siren_for_a_siret",
                 head + "siret_collectivite = \"732829320\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].siret_collectivite]: this is not a SIRET: 14 "
                  "digits with a valid "
                  "control digit – take it from the collectivité's agreement"}},
        Fragment{"date",
                 head + "effet_le = \"01/09/2026\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].effet_le]: '01/09/2026' is not a date – write it as "
                  "\"2026-09-01\""}},
        Fragment{
            "toml_date",
            head + "effet_le = 2026-09-01\n",
            {in_registry + "4: error CONF-002 [ecole[1].effet_le]: expects a text, found a date or "
                           "time – write it in "
                           "quotes"}},
        Fragment{"dates_in_disorder",
                 head + "effet_le = \"2026-09-01\"\nfin_le = \"2026-08-31\"\n",
                 {in_registry +
                  "5: error CONF-002 [ecole[1].fin_le]: the agreement ends before it begins – "
                  "correct fin_le, or the day on which it takes effect"}},
        Fragment{"ends_before_it_is_signed",
                 head + "signe_le = \"2026-09-01\"\nfin_le = \"2026-08-31\"\n",
                 {in_registry +
                  "5: error CONF-002 [ecole[1].fin_le]: the agreement ends before it begins – "
                  "correct fin_le, or the day on which it takes effect"}},
        Fragment{"effect_before_the_signature",
                 head + "signe_le = \"2026-09-02\"\neffet_le = \"2026-09-01\"\n",
                 {in_registry +
                  "5: error CONF-002 [ecole[1].effet_le]: the agreement takes effect before it is "
                  "signed – correct signe_le or effet_le; without effet_le it is the day of the "
                  "signature"}},
        Fragment{"private_without_a_controller",
                 head + "statut = \"prive\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].statut]: the agreements name the controller of the "
                  "data of public schools; this one is private – name its controller as "
                  "responsable_traitement = \"…\", or remove the school"}},
        Fragment{
            "amount",
            "format = 1\nmontant_par_ecole = \"45,00\"\n[[ecole]]\nuai = \"0660713S\"\n",
            {in_registry +
             "2: error CONF-002 [montant_par_ecole]: '45,00' is not an amount in euros – write "
             "it as \"45.00\", up to 999999.99"}},
        Fragment{
            "amount_as_a_number",
            "format = 1\nmontant_par_ecole = 45.0\n[[ecole]]\nuai = \"0660713S\"\n",
            {in_registry +
             "2: error CONF-002 [montant_par_ecole]: expects a text, found a number – write it in "
             "quotes"}},
        Fragment{"grace",
                 "format = 1\ngrace_days = 367\n[[ecole]]\nuai = \"0660713S\"\n",
                 {in_registry +
                  "2: error CONF-002 [grace_days]: 367 is out of range – allowed: 0 to 366"}},
        Fragment{
            "etat",
            head + "etat = \"finie\"\n",
            {in_registry +
             "4: error CONF-002 [ecole[1].etat]: 'finie' is not a state of an agreement – allowed: "
             "inscrite, a_renouveler, mise_en_demeure, resiliee, retiree"}},
        Fragment{"statut",
                 head + "statut = \"mixte\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].statut]: 'mixte' is not a status – allowed: "
                  "public, prive"}},
        Fragment{"year_of_one_summer",
                 head + "annee_scolaire = \"2026-2026\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].annee_scolaire]: '2026-2026' is not a school year – "
                  "write it as \"2026-2027\""}},
        Fragment{"year_with_a_slash",
                 head + "annee_scolaire = \"2026/2027\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].annee_scolaire]: '2026/2027' is not a school year – "
                  "write it as \"2026-2027\""}},
        Fragment{"unknown_key",
                 head + "nom = \"X\"\n",
                 {in_registry +
                  "4: error CONF-002 [ecole[1].nom]: this key is not known – allowed here: "
                  "annee_scolaire, "
                  "commune, departement, effet_le, etat, etat_le, fin_le, label, "
                  "responsable_traitement, "
                  "signe_le, siret_collectivite, statut, uai"}}),
    name_of);

}  // namespace
}  // namespace entsync::test
