#include "connectors/aaf/charset.hpp"

#include <gtest/gtest.h>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

std::string decoded(Charset charset, std::string_view bytes) {
  std::string out;
  append_decoded(charset, bytes, out);
  return out;
}

std::string all_bytes(int from, int to) {
  std::string bytes;
  for (int c = from; c <= to; ++c) bytes += static_cast<char>(c);
  return bytes;
}

TEST(Charset, IsFoundByNameAndAliasInAnyCase) {
  EXPECT_EQ(parse_charset("utf-8"), Charset::utf8);
  EXPECT_EQ(parse_charset("ISO-8859-1"), Charset::latin1);
  EXPECT_EQ(parse_charset("iso-8859-15"), Charset::latin9);
  EXPECT_EQ(parse_charset("Windows-1252"), Charset::windows1252);
  EXPECT_EQ(parse_charset("UTF-16"), std::nullopt);
  EXPECT_EQ(parse_charset(""), std::nullopt);
}

TEST(Charset, Latin1IsUnicodeByteForByte) {
  EXPECT_EQ(decoded(Charset::latin1,
                    "L\xE9"
                    "a \xA4 \xFF"),
            "Léa ¤ ÿ");
}

TEST(Charset, Latin9HasTheEightCharactersThatFrenchNeeds) {
  EXPECT_EQ(decoded(Charset::latin9, "\xA4\xA6\xA8\xB4\xB8\xBC\xBD\xBE\xE9"), "€ŠšŽžŒœŸé");
}

TEST(Charset, Windows1252HasQuotesAndDashesWhereLatin1HasControls) {
  EXPECT_EQ(decoded(Charset::windows1252, "\x80\x85\x8C\x91\x92\x93\x94\x96\x9C\x9F\xE9"),
            "€…Œ‘’“”–œŸé");
}

TEST(Charset, Windows1252LeavesFiveBytesUndefined) {
  for (int c = 0x20; c <= 0xFF; ++c) {
    const bool undefined = c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D;
    const auto bad = find_bad_byte(Charset::windows1252, std::string(1, static_cast<char>(c)));
    EXPECT_EQ(bad.has_value(), undefined) << c;
  }
}

TEST(Charset, Latin1AndLatin9DefineEveryByte) {
  EXPECT_FALSE(find_bad_byte(Charset::latin1, all_bytes(0x20, 0xFF)));
  EXPECT_FALSE(find_bad_byte(Charset::latin9, all_bytes(0x20, 0xFF)));
}

TEST(Charset, ControlsOtherThanTabAndLineEndsAreForbiddenInAll) {
  for (const Charset charset :
       {Charset::utf8, Charset::latin1, Charset::latin9, Charset::windows1252}) {
    for (int c = 0; c < 0x20; ++c) {
      const bool allowed = c == '\t' || c == '\n' || c == '\r';
      // At each place of a block, for blocks are looked at as a whole.
      for (std::size_t at = 0; at < 70; ++at) {
        std::string text(70, 'x');
        text[at] = static_cast<char>(c);
        const auto bad = find_bad_byte(charset, text);
        ASSERT_EQ(bad.has_value(), !allowed) << c << " at " << at;
        if (!bad) continue;
        EXPECT_EQ(bad->offset, at);
        EXPECT_TRUE(bad->control);
      }
    }
  }
}

TEST(Charset, BrokenUtf8IsFoundAtItsFirstByteWhereverItStands) {
  const std::vector<std::string> broken{
      "\xE9",              // ISO-8859-1
      "\x80",              // a continuation alone
      "\xC0\xAF",          // overlong
      "\xE0\x80\xAF",      // overlong
      "\xED\xA0\x80",      // surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",
      "\xFF",
      "\xE2\x82",
  };
  for (const std::string& bytes : broken) {
    for (std::size_t at = 0; at < 70; ++at) {
      const std::string text = std::string(at, 'x') + bytes + std::string(40, 'y');
      const auto bad = find_bad_byte(Charset::utf8, text);
      ASSERT_TRUE(bad) << at;
      EXPECT_EQ(bad->offset, at);
      EXPECT_FALSE(bad->control);
    }
    EXPECT_TRUE(find_bad_byte(Charset::utf8, bytes));
  }
}

TEST(Charset, WellFormedUtf8PassesAtEveryPlaceOfABlock) {
  for (std::size_t at = 0; at < 70; ++at)
    EXPECT_FALSE(find_bad_byte(Charset::utf8, std::string(at, 'x') + "é€😀" + std::string(40, 'y')));
}

TEST(Charset, NoncharactersAreNoXmlCharacters) {
  const auto bad = find_bad_byte(Charset::utf8, "ab\xEF\xBF\xBE");
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->offset, 2);
  EXPECT_TRUE(bad->control);
  EXPECT_TRUE(find_bad_byte(Charset::utf8, "\xEF\xBF\xBF"));
  EXPECT_FALSE(find_bad_byte(Charset::utf8, "\xEF\xBF\xBD"));
}

struct Declared {
  const char* encoding;
  const char* raw;
  const char* text;
};

class DeclaredEncoding : public testing::TestWithParam<Declared> {};

TEST_P(DeclaredEncoding, IsHonoured) {
  const auto [encoding, raw, text] = GetParam();
  const auto reading = test::read_xml(
      test::document(test::add_request("1", test::attr("ENTPersonNom", {raw})), encoding));
  EXPECT_EQ(reading.texts(test::words().nom), std::vector<std::string>{text});
}

INSTANTIATE_TEST_SUITE_P(All, DeclaredEncoding,
                         testing::Values(Declared{"UTF-8", "LEB\xC5\x92UF", "LEBŒUF"},
                                         Declared{"ISO-8859-1",
                                                  "L\xC9"
                                                  "A",
                                                  "LÉA"},
                                         Declared{"ISO-8859-15", "LEB\xBCUF", "LEBŒUF"},
                                         Declared{"windows-1252", "LEB\x8CUF \x92", "LEBŒUF ’"},
                                         Declared{"", "LEB\xC5\x92UF", "LEBŒUF"}));

TEST(DeclaredEncoding, MayStandInSingleQuotesAfterAByteOrderMark) {
  const auto reading = test::read_xml(
      "\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8' standalone='no'?>\n"
      "<ficAlimMENESR>" +
      test::pupil("1") + "</ficAlimMENESR>");
  EXPECT_EQ(reading.code(), "");
  EXPECT_EQ(reading.record().first(test::words().prenom), "Zoé");
}

}  // namespace
}  // namespace entsync::aaf
