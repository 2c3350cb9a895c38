#include "core/registry_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Kind = RegistryChange::Kind;

const Date today_is = Date::from_iso("2026-11-26").value();

Ecole school(const char* uai, EtatConvention etat = EtatConvention::inscrite) {
  Ecole ecole{*Uai::parse(uai), "ECOLE", "EXEMPLE", {}, {}, "public", {}, {}, {}, etat};
  return ecole;
}

Registry registry_with_schools(std::vector<Ecole> ecoles) {
  Registry registry;
  for (Ecole& ecole : ecoles) registry.add(std::move(ecole));
  return registry;
}

TEST(RegistryChanges, TheSameSchoolsAreNoChange) {
  const Registry registry = registry_with_schools({school("0660713S"), school("0400740M")});
  const RegistryChanges changes = changes_between(registry, registry, today_is);
  EXPECT_TRUE(changes.list.empty());
  EXPECT_EQ(summary(changes), "0 added, 0 changed, 0 removed, 0 leaving the scope");
}

TEST(RegistryChanges, AreToldInTheOrderOfTheSchools) {
  Ecole moved = school("0400740M");
  moved.commune = "AILLEURS";
  const RegistryChanges changes =
      changes_between(registry_with_schools({school("0660713S"), school("0400740M")}),
                      registry_with_schools({moved, school("0693796B")}), today_is);
  ASSERT_EQ(changes.list.size(), 3U);
  EXPECT_EQ(changes.list[0].kind, Kind::changed);
  EXPECT_THAT(changes.list[0].what, ElementsAre("commune: EXEMPLE -> AILLEURS"));
  EXPECT_EQ(changes.list[1].kind, Kind::removed);
  EXPECT_EQ(changes.list[1].uai, "0660713S");
  EXPECT_EQ(changes.list[2].kind, Kind::added);
  EXPECT_THAT(render(changes), HasSubstr("schools: 1 added, 1 changed, 1 removed, 1 leaving"));
  EXPECT_THAT(render(changes), HasSubstr("its accounts stay as they are"));
}

TEST(RegistryChanges, AnAgreementThatEndsLeavesTheScopeNowOrFromItsDayOn) {
  for (const char* day : {"2026-11-01", "2027-02-01"}) {
    Ecole ended = school("0660713S", EtatConvention::resiliee);
    ended.etat_le = Date::from_iso(day);
    const RegistryChanges changes = changes_between(registry_with_schools({school("0660713S")}),
                                                    registry_with_schools({ended}), today_is);
    EXPECT_EQ(changes.leaving(), 1U) << day;
    EXPECT_THAT(render(changes), HasSubstr("etat: inscrite -> resiliee"));
  }
}

TEST(RegistryChanges, OfAllAgreementsAreToldToo) {
  Registry next = registry_with_schools({school("0660713S")});
  next.montant_par_ecole = Centimes(50'00);
  next.grace_days = 60;
  const RegistryChanges changes =
      changes_between(registry_with_schools({school("0660713S")}), next, today_is);
  EXPECT_TRUE(changes.list.empty());
  EXPECT_THAT(changes.terms,
              ElementsAre("montant_par_ecole: 45.00 -> 50.00", "grace_days: 120 -> 60"));
  EXPECT_THAT(render(changes), HasSubstr("all agreements  grace_days: 120 -> 60\n"));
  EXPECT_THAT(summary(changes),
              HasSubstr("0 leaving the scope, montant_par_ecole: 45.00 -> 50.00"));
}

TEST(RegistryChanges, AControllerAndASignatureAreToldByTheirKeys) {
  Ecole after = school("0660713S");
  after.signe_le = today_is;
  after.responsable_traitement = "OGEC EXEMPLE";
  const RegistryChanges changes = changes_between(registry_with_schools({school("0660713S")}),
                                                  registry_with_schools({after}), today_is);
  ASSERT_EQ(changes.list.size(), 1U);
  EXPECT_THAT(changes.list[0].what, ElementsAre("responsable_traitement: nothing -> OGEC EXEMPLE",
                                                "signe_le: nothing -> 2026-11-26"));
}

TEST(RegistryChanges, WhatIsOutAlreadyDoesNotLeave) {
  Ecole other = school("0660713S", EtatConvention::retiree);
  const RegistryChanges changes =
      changes_between(registry_with_schools({school("0660713S", EtatConvention::resiliee)}),
                      registry_with_schools({other}), today_is);
  EXPECT_EQ(changes.leaving(), 0U);
  const RegistryChanges without = changes_between(
      registry_with_schools({other, school("0400740M")}),
      registry_with_schools({school("0400740M", EtatConvention::mise_en_demeure)}), today_is);
  EXPECT_EQ(without.leaving(), 0U);
  EXPECT_THAT(render(without), Not(HasSubstr("leaves the scope)")));
}

}  // namespace
}  // namespace entsync::test
