#include "core/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync {
namespace {

using testing::ElementsAre;

TEST(Text, TrimTakesAsciiWhiteSpaceOnly) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim("\u00a0a"), "\u00a0a");
}

TEST(Text, CompositesKeepEmptyPartsTheLastOneIncluded) {
  std::vector<std::string_view> parts;
  split_composite("8$11$$73196$", parts);
  EXPECT_THAT(parts, ElementsAre("8", "11", "", "73196", ""));
  split_composite("", parts);
  EXPECT_THAT(parts, ElementsAre(""));
  split_composite("$", parts);
  EXPECT_THAT(parts, ElementsAre("", ""));
}

TEST(Text, ALimitLeavesTheRestInTheLastPart) {
  std::vector<std::string_view> parts;
  split_composite("8$11$ORDINAIRE$73196$CP $ CE1", parts, 5);
  EXPECT_THAT(parts, ElementsAre("8", "11", "ORDINAIRE", "73196", "CP $ CE1"));
  split_composite("a$b", parts, 1);
  EXPECT_THAT(parts, ElementsAre("a$b"));
}

TEST(Text, Utf8IsCheckedToTheLetter) {
  EXPECT_TRUE(is_valid_utf8("é\u2013\U0001F600"));
  for (const char* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3",
                          "\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xF0\x8F\x80\x80"})
    EXPECT_FALSE(is_valid_utf8(bad));
  EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2U);
  EXPECT_EQ(find_invalid_utf8("abc"), std::string_view::npos);
}

TEST(Text, ForbiddenControlsAreThoseOfXml) {
  EXPECT_FALSE(has_forbidden_control("a\tb\r\n"));
  EXPECT_TRUE(has_forbidden_control("a\x01"));
  EXPECT_TRUE(has_forbidden_control(std::string_view("\0", 1)));
}

TEST(Text, CodePointsAreWrittenInOneToFourBytes) {
  std::string out;
  for (const char32_t c : {U'a', U'é', U'\u20ac', U'\U0001F600'}) append_utf8(out, c);
  EXPECT_EQ(out, "aé\u20ac\U0001F600");
}

TEST(Text, FoldingMakesEqualWhatCaseIgnoreMatchDoes) {
  EXPECT_EQ(case_fold("  Éric   DUPONT "), "éric dupont");
  EXPECT_EQ(case_fold("e\u0301ric dupont"), case_fold("ÉRIC DUPONT"));
  EXPECT_EQ(case_fold("STRASSE"), case_fold("straße"));
  EXPECT_EQ(case_fold("\uFB01n"), "fin");
  EXPECT_EQ(case_fold("a\u00a0b"), "a b");
  EXPECT_EQ(case_fold("   "), "");
}

TEST(Text, LettersOfLoginsAreAscii) {
  EXPECT_EQ(ascii_letters("L'HAŸ-les-Œufs"), "lhaylesoeufs");
  EXPECT_EQ(ascii_letters("Łódź Ærø đ"), "lodzaerod");
  EXPECT_EQ(ascii_letters("N'GUYỄN 2"), "nguyen2");
  EXPECT_EQ(ascii_letters("李"), "");
}

TEST(Text, CaseIsChangedByUnicode) {
  EXPECT_EQ(to_upper("éléonore"), "ÉLÉONORE");
  EXPECT_EQ(to_lower("ÉLÉONORE"), "éléonore");
  EXPECT_EQ(to_upper("abc"), "ABC");
}

TEST(Text, NamesOfAttributesAreComparedInAscii) {
  EXPECT_TRUE(equals_ignoring_case("ENTPersonNom", "entpersonnom"));
  EXPECT_FALSE(equals_ignoring_case("ENTPersonNom", "ENTPersonNo"));
  EXPECT_FALSE(equals_ignoring_case("é", "É"));
  EXPECT_EQ(ascii_lower("ABCé"), "abcé");
}

TEST(Text, ControlCharactersAreShownAsWhatTheyAre) {
  EXPECT_EQ(printable("a b"), "a b");
  EXPECT_EQ(printable("a\n- b\x1b[2J\x7f"), "a\\x0a- b\\x1b[2J\\x7f");
  EXPECT_EQ(printable("é\u2013"), "é\u2013");
  EXPECT_EQ(printable("a\u0085b\u009b"), "a\\u0085b\\u009b");
  EXPECT_EQ(printable("a\u2028b\u202e"), "a\\u2028b\\u202e")
      << "line separators and direction overrides";
}

}  // namespace
}  // namespace entsync
