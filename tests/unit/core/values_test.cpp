#include <gtest/gtest.h>

#include "core/category.hpp"
#include "core/date.hpp"
#include "core/registry.hpp"
#include "core/uai.hpp"
#include "support/builders.hpp"

namespace entsync {
namespace {

// Dates ------------------------------------------------------------------------------------------

TEST(Date, IsReadInItsThreeForms) {
  EXPECT_EQ(Date::from_aaf("29/02/2020")->iso(), "2020-02-29");
  EXPECT_EQ(Date::from_compact("20200229")->aaf(), "29/02/2020");
  EXPECT_EQ(Date::from_iso("2020-02-29")->compact(), "20200229");
}

TEST(Date, WhatIsNoDayOfTheCalendarIsNoDate) {
  for (const char* bad : {"29/02/2021", "00/01/2020", "31/04/2020", "1/1/2020", "01-01-2020", "",
                          "01/01/20", "aa/01/2020", "01/13/2020", "01/01/2020 "})
    EXPECT_FALSE(Date::from_aaf(bad)) << bad;
  for (const char* bad : {"20200230", "2020010", "202001011", "2020-1-1", "+2020101"})
    EXPECT_FALSE(Date::from_compact(bad)) << bad;
  for (const char* bad : {"2020-02-30", "2020/01/01", "20-01-2020"})
    EXPECT_FALSE(Date::from_iso(bad)) << bad;
}

TEST(Date, CountsDaysOverTheEndOfAYear) {
  const Date new_year = *Date::from_iso("2027-01-01");
  EXPECT_EQ(new_year.days_since(*Date::from_iso("2026-12-31")), 1);
  EXPECT_EQ(Date::from_iso("2026-12-31")->days_since(new_year), -1);
  EXPECT_LT(*Date::from_iso("2026-12-31"), new_year);
}

// UAI --------------------------------------------------------------------------------------------

TEST(Uai, AcceptsTheKnownVectors) {
  for (const char* good : {"0660713S", "0400740M", "0693796B", " 0660713s "})
    EXPECT_TRUE(Uai::parse(good)) << good;
  EXPECT_EQ(Uai::parse(" 0660713s ")->str(), "0660713S");
  EXPECT_EQ(Uai::parse("0660713S")->departement(), "066");
}

TEST(Uai, RefusesTheKnownBadVectorsAndSaysWhy) {
  EXPECT_EQ(Uai::why_invalid("0660713R"), "the check letter of 0660713 is S");
  EXPECT_EQ(Uai::why_invalid("0660731S"), "the check letter of 0660731 is L");
  EXPECT_EQ(Uai::why_invalid("660713S"),
            "seven characters instead of eight; a spreadsheet may have dropped the leading zero");
  for (const char* bad :
       {"066071S", "0351234A", "0354321B", "", "0660713SS", "066O713S", "06607135"})
    EXPECT_FALSE(Uai::parse(bad)) << bad;
}

TEST(Uai, EverySingleWrongDigitAndEveryTranspositionIsSeen) {
  const std::string good = "0660713S";
  for (std::size_t i = 0; i < 7; ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string bad = good;
      bad[i] = digit;
      EXPECT_EQ(Uai::parse(bad).has_value(), bad == good) << bad;
    }
    if (i == 6) break;
    std::string swapped = good;
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_EQ(Uai::parse(swapped).has_value(), swapped == good) << swapped;
  }
}

TEST(Uai, TheTestsMakeValidOnes) {
  for (const unsigned n : {1U, 310001U, 660713U, 9999999U}) EXPECT_TRUE(Uai::parse(test::uai(n)));
}

TEST(Siret, IsCheckedByLuhn) {
  EXPECT_TRUE(is_valid_siret("73282932000074"));
  EXPECT_TRUE(is_valid_siret("732829320"));
  EXPECT_FALSE(is_valid_siret("73282932000075"));
  EXPECT_FALSE(is_valid_siret("7328293200007"));
  EXPECT_FALSE(is_valid_siret("7328293200007a"));
  EXPECT_FALSE(is_valid_siret(""));
}

// Categories -------------------------------------------------------------------------------------

TEST(Category, NamesGoThereAndBack) {
  for (const Category category : all_categories)
    EXPECT_EQ(parse_category(to_string(category)), category);
  EXPECT_EQ(parse_category("PersCollectivite"), Category::pers_collectivite);
  for (const Profil profil : all_profils) EXPECT_EQ(parse_profil(to_string(profil)), profil);
  EXPECT_FALSE(parse_category("eleve"));
  EXPECT_FALSE(parse_profil(""));
}

TEST(Category, OnlyTheCollectiviteIsNotFed) {
  for (const Profil profil : all_profils)
    EXPECT_EQ(parse_aaf_category(to_string(category_of(profil))).has_value(),
              profil != Profil::collectivite);
}

TEST(Jointure, HasAFormForTheDirectoryAndOneForLogs) {
  const Jointure key{"AC-TEST", Category::eleve, "101"};
  EXPECT_EQ(key.directory_value(), "AC-TEST$101");
  EXPECT_EQ(key.str(), "AC-TEST/Eleve/101");
}

// Registry ---------------------------------------------------------------------------------------

Ecole ecole(EtatConvention etat, std::optional<Date> etat_le = {}) {
  return {*Uai::parse("0660713S"), {}, {}, {}, {}, "public", {}, {}, {}, etat, etat_le};
}

Date day_of_registry() {
  return *Date::from_iso("2026-11-02");
}

TEST(Registry, ASchoolIsInScopeUnlessItsAgreementWasEnded) {
  for (const auto& [etat, in_scope] : {std::pair{EtatConvention::inscrite, true},
                                       {EtatConvention::a_renouveler, true},
                                       {EtatConvention::mise_en_demeure, true},
                                       {EtatConvention::resiliee, false},
                                       {EtatConvention::retiree, false}}) {
    Registry registry;
    EXPECT_TRUE(registry.add(ecole(etat)));
    EXPECT_EQ(registry.in_scope(*Uai::parse("0660713S"), day_of_registry()), in_scope)
        << to_string(etat);
    EXPECT_EQ(parse_etat_convention(to_string(etat)), etat);
  }
}

TEST(Registry, AnAgreementEndsOnItsDay) {
  const Uai uai = *Uai::parse("0660713S");
  const Date last = *Date::from_iso("2026-11-01");
  Registry registry;
  EXPECT_TRUE(registry.add(ecole(EtatConvention::resiliee, day_of_registry())));
  EXPECT_TRUE(registry.in_scope(uai, last));
  EXPECT_FALSE(registry.has_ended(uai, last));
  EXPECT_FALSE(registry.in_scope(uai, day_of_registry()));
  EXPECT_TRUE(registry.has_ended(uai, day_of_registry()));
}

TEST(Registry, ASchoolThatIsNotThereDoesNotExist) {
  const Registry registry;
  EXPECT_FALSE(registry.in_scope(*Uai::parse("0660713S"), day_of_registry()));
  EXPECT_FALSE(registry.has_ended(*Uai::parse("0660713S"), day_of_registry()));
  EXPECT_EQ(registry.find(*Uai::parse("0660713S")), nullptr);
}

TEST(Registry, ASchoolIsEnrolledOnce) {
  Registry registry;
  EXPECT_TRUE(registry.add(ecole(EtatConvention::inscrite)));
  EXPECT_FALSE(registry.add(ecole(EtatConvention::retiree)));
  EXPECT_TRUE(registry.in_scope(*Uai::parse("0660713S"), day_of_registry()));
  EXPECT_FALSE(parse_etat_convention("finie"));
}

}  // namespace
}  // namespace entsync
