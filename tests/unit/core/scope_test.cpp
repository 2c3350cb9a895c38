#include "core/scope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/text.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseScope, ReadsEachPart) {
  const auto scope = parse_scope(
      {"AC-TEST/Eleve/101", school_uai + "/73196", ascii_lower(school_uai), " AC-TEST ", "eleve"});
  ASSERT_TRUE(scope.has_value()) << to_string(scope.error());
  EXPECT_EQ(scope->person, (Jointure{"AC-TEST", Category::eleve, "101"}));
  EXPECT_EQ(scope->classe->school.str(), school_uai);
  EXPECT_EQ(scope->classe->id, "73196");
  EXPECT_EQ(scope->school->str(), school_uai);
  EXPECT_EQ(scope->academie, "AC-TEST");
  EXPECT_EQ(scope->profil, Profil::eleve);
  EXPECT_EQ(to_string(*scope), "person AC-TEST/Eleve/101, class " + school_uai + "/73196, school " +
                                   school_uai + ", academie AC-TEST, profile eleve");
}

TEST(ParseScope, RefusesWhatNamesNobody) {
  const auto refused = [](const ScopeText& text) {
    const auto scope = parse_scope(text);
    return scope ? std::string() : to_string(scope.error());
  };
  EXPECT_THAT(refused({}), HasSubstr("nothing to be synchronised is named"));
  for (const char* key : {"101", "AC-TEST/101", "AC-TEST/EtabEducNat/8", "AC-TEST/Eleve/",
                          "AC-TEST/Eleve/1a", "/Eleve/1", "AC-TEST/Prof/1"})
    EXPECT_THAT(refused({.person = key}), HasSubstr("not the key of a person")) << key;
  EXPECT_THAT(refused({.classe = school_uai}), HasSubstr("UAI/ID"));
  EXPECT_THAT(refused({.classe = school_uai + "/"}), HasSubstr("UAI/ID"));
  EXPECT_THAT(refused({.classe = "0310001A/73196"}), HasSubstr("check letter"));
  EXPECT_THAT(refused({.school = "0310001A"}), HasSubstr("check letter"));
  EXPECT_THAT(refused({.profil = "prof"}), HasSubstr("eleve, responsable, enseignant"));
}

TEST(Scope, IsWithinSchoolsWhenItNamesOneOfThem) {
  const auto within = [](const ScopeText& text, const std::set<std::string>& schools) {
    return is_within(*parse_scope(text), schools);
  };
  EXPECT_TRUE(within({.school = school_uai}, {school_uai}));
  EXPECT_TRUE(within({.classe = school_uai + "/7", .profil = "eleve"}, {school_uai}));
  EXPECT_TRUE(within({.person = "AC-TEST/Eleve/1", .school = school_uai}, {school_uai}));
  EXPECT_FALSE(within({.school = school_uai}, {"0660713S"}));
  EXPECT_FALSE(within({.person = "AC-TEST/Eleve/1"}, {school_uai}));
  EXPECT_FALSE(within({.academie = "AC-TEST"}, {school_uai}));
  EXPECT_FALSE(within({.school = school_uai}, {}));
}

TEST(ParseScope, TellsEveryMistake) {
  const auto scope = parse_scope({.person = "101", .school = "31", .profil = "prof"});
  ASSERT_FALSE(scope.has_value());
  EXPECT_THAT(codes(scope.error()), ElementsAre("SCOPE-001", "SCOPE-001", "SCOPE-001"));
}

}  // namespace
}  // namespace entsync::test
