#include "core/template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const std::vector<ValueTable> tables{{"sexe", {{"M.", "M"}, {"Mme", "F"}}}};

Template parse(std::string_view text) {
  Vocabulary vocabulary;
  return parse_template(text, vocabulary, tables).value();
}

TEST(Template, ALiteralStandsForItself) {
  const Template parsed = parse("FR");
  ASSERT_THAT(parsed.fields, SizeIs(1));
  EXPECT_EQ(parsed.fields[0].kind, Field::Kind::literal);
  EXPECT_EQ(parsed.fields[0].literal, "FR");
}

TEST(Template, EveryKindOfFieldIsKnown) {
  const Template parsed = parse("{ENTPersonNom}-{0}{.dn}${@login?}");
  ASSERT_THAT(parsed.fields, SizeIs(6));
  EXPECT_EQ(parsed.fields[0].kind, Field::Kind::feed_attribute);
  EXPECT_EQ(parsed.fields[1].literal, "-");
  EXPECT_EQ(parsed.fields[2].kind, Field::Kind::part);
  EXPECT_EQ(parsed.fields[3].kind, Field::Kind::item);
  EXPECT_EQ(parsed.fields[4].literal, "$");
  EXPECT_EQ(parsed.fields[5].scalar, Scalar::login);
  EXPECT_TRUE(parsed.fields[5].optional);
  EXPECT_EQ(parsed.text, "{ENTPersonNom}-{0}{.dn}${@login?}");
}

TEST(Template, EveryItemFieldAndEveryComputedValueHasAName) {
  for (const char* name : {".dn", ".uai", ".ecole", ".id", ".label", ".lien", ".code",
                           "@identifiant", "@login", "@jointure", "@ecole", "@uai", "@nom", "@id"})
    EXPECT_THAT(parse("{" + std::string(name) + "}").fields, SizeIs(1)) << name;
}

TEST(Template, NamesOfTheFeedAreAddedToTheVocabulary) {
  Vocabulary vocabulary;
  ASSERT_TRUE(parse_template("{A} {B?} {A|upper}", vocabulary, tables));
  EXPECT_EQ(vocabulary.size(), 2U);
}

std::string filtered(const std::string& filters, std::string_view value) {
  return apply_filters(parse("{X|" + filters + "}").fields[0], value, tables);
}

TEST(Template, FiltersAreAppliedFromLeftToRight) {
  EXPECT_EQ(filtered("upper", "é"), "É");
  EXPECT_EQ(filtered("lower", "É"), "é");
  EXPECT_EQ(filtered("ascii", "L'É"), "le");
  EXPECT_EQ(filtered("part:1", "a$ b $c"), "b");
  EXPECT_EQ(filtered("part:3", "a$b"), "");
  EXPECT_EQ(filtered("table:sexe", "Mme"), "F");
  EXPECT_EQ(filtered("table:sexe", "Dr"), "") << "unknown input gives nothing";
  EXPECT_EQ(filtered("part:1|lower|ascii", "X$É"), "e");
}

struct Wrong {
  const char* text;
  const char* what;
  const char* remedy;
};

class WrongTemplate : public testing::TestWithParam<Wrong> {};

TEST_P(WrongTemplate, IsRefusedWithTheReason) {
  Vocabulary vocabulary;
  const auto parsed = parse_template(GetParam().text, vocabulary, tables);
  ASSERT_FALSE(parsed) << GetParam().text;
  ASSERT_THAT(parsed.error().list, SizeIs(1));
  EXPECT_EQ(parsed.error().list[0].code, "RULE-010");
  EXPECT_EQ(parsed.error().list[0].what, GetParam().what);
  EXPECT_THAT(parsed.error().list[0].remedy, HasSubstr(GetParam().remedy));
}

INSTANTIATE_TEST_SUITE_P(
    Template, WrongTemplate,
    testing::Values(Wrong{"{Nom", "a '{' without its '}'", "{Name}"},
                    Wrong{"Nom}", "a '}' without its '{'", "{Name}"},
                    Wrong{"{}", "'' is not a field", "{.item}"},
                    Wrong{"{?}", "'?' is not a field", "{.item}"},
                    Wrong{"{a b}", "'a b' is not a field", "{AttributeName}"},
                    Wrong{"{{Nom}}", "'{Nom' is not a field", "{AttributeName}"},
                    Wrong{"{@nix}", "there is no computed value '@nix'", "@identifiant, login"},
                    Wrong{"{.nix}", "there is no item field '.nix'", ".dn, uai"},
                    Wrong{"{Nom|nix}", "unknown filter 'nix'", "upper, lower, ascii, part:N"},
                    Wrong{"{Nom|}", "unknown filter ''", "upper"},
                    Wrong{"{Nom|upper|}", "unknown filter ''", "upper"},
                    Wrong{"{Nom||upper}", "unknown filter ''", "upper"},
                    Wrong{"{Nom|part:}", "unknown filter 'part:'", "part:N"},
                    Wrong{"{Nom|part:x}", "unknown filter 'part:x'", "part:N"},
                    Wrong{"{Nom|part:99999999}", "unknown filter 'part:99999999'", "part:N"},
                    Wrong{"{Nom|table:nix}", "there is no table 'nix'", "[tables]"},
                    Wrong{"{99999999}", "'99999999' is not a field", "{0}"},
                    Wrong{"{1a}", "'1a' is not a field", "{0}"}));

}  // namespace
}  // namespace entsync
