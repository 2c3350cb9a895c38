#include "connectors/aaf/text_builder.hpp"

#include <gtest/gtest.h>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using test::add_request;
using test::attr;
using test::document;
using test::read_xml;
using test::words;
using Texts = std::vector<std::string>;

test::Reading read_value(const std::string& markup, std::string_view encoding = "UTF-8") {
  return read_xml(document(add_request("1", attr("ENTPersonNom", {markup})), encoding));
}
Texts text_of(const std::string& markup) {
  return read_value(markup).texts(words().nom);
}

TEST(Text, FiveEntitiesOfXmlAreDecoded) {
  EXPECT_EQ(text_of("a&amp;b&lt;c&gt;d&quot;e&apos;f"), Texts{"a&b<c>d\"e'f"});
}

TEST(Text, NumericReferencesAreDecodedInBothBases) {
  EXPECT_EQ(text_of("L&#233;a Zo&#xEB; Zo&#xeb; &#x1F600;&#000233;"), Texts{"Léa Zoë Zoë 😀é"});
}

TEST(Text, NamedEntitiesOfHtml4AreDecoded) {
  EXPECT_EQ(text_of("&Eacute;t&eacute; &OElig;uvre &ccedil;a &euro; &Yuml; &nbsp;x &rsquo;"),
            Texts{"Été Œuvre ça € Ÿ \u00A0x ’"});
}

TEST(Text, NamesOfEntitiesAreCaseSensitive) {
  EXPECT_EQ(read_value("&EACUTE;").rejections(), Texts{"AAF-056"});
}

TEST(Text, DecodingHappensOnce) {
  EXPECT_EQ(text_of("&amp;eacute; &amp;amp; &amp;#233; &amp;apos;"),
            Texts{"&eacute; &amp; &#233; &apos;"});
  EXPECT_EQ(text_of("&#38;lt;"), Texts{"&lt;"});
}

TEST(Text, ReferencesToMarkupDoNotBecomeMarkup) {
  EXPECT_EQ(text_of("&#60;/value&#62;&#38;"), Texts{"</value>&"});
}

TEST(Text, UnknownEntityRejectsTheRecordAlone) {
  const auto reading =
      read_xml(document(add_request("1", attr("ENTPersonNom", {"&inconnu;"})) + test::pupil("2")));
  ASSERT_EQ(reading.rejections(), Texts{"AAF-056"});
  EXPECT_EQ(reading.feed.rejected().front().id, "1");
  EXPECT_EQ(reading.record().id(), "2");
}

TEST(Text, MalformedReferencesRejectTheRecord) {
  for (const char* markup :
       {"A & B", "&", "&;", "&#;", "&#x;", "&#XE9;", "&#12a;", "&#xZZ;", "&amp", "&#-5;", "& amp;",
        "&am&amp;", "&#0000000000000000000000000000000233;"})
    EXPECT_EQ(read_value(markup).rejections(), Texts{"AAF-064"}) << markup;
}

TEST(Text, ReferencesToForbiddenCharactersRejectTheRecord) {
  for (const char* markup :
       {"&#0;", "&#x0;", "&#1;", "&#8;", "&#11;", "&#x1F;", "&#xD800;", "&#xDFFF;", "&#xFFFE;",
        "&#xFFFF;", "&#x110000;", "&#4294967296;", "&#99999999999999999999;"})
    EXPECT_EQ(read_value(markup).rejections(), Texts{"AAF-065"}) << markup;
}

TEST(Text, ReasonsNeverRepeatTheValue) {
  const auto reading = read_value("SECRET &inconnu; DUPONT");
  ASSERT_EQ(reading.feed.rejected().size(), 1);
  EXPECT_EQ(reading.feed.rejected().front().reason.find("SECRET"), std::string::npos);
  EXPECT_EQ(reading.feed.rejected().front().reason.find("inconnu"), std::string::npos);
}

TEST(Text, OuterWhiteSpaceIsTakenOffAndInnerIsKept) {
  EXPECT_EQ(text_of(" \t\n DE  LA\tTOUR \r\n "), Texts{"DE  LA\tTOUR"});
  EXPECT_EQ(text_of("&#32;&#9;x&#10;&#32;"), Texts{"x"});
}

TEST(Text, LineEndsBecomeLf) {
  EXPECT_EQ(text_of("a\r\nb\rc\nd\r\r\ne"), Texts{"a\nb\nc\nd\n\ne"});
}

TEST(Text, ReferenceToCarriageReturnIsKept) {
  EXPECT_EQ(text_of("a&#13;b"), Texts{"a\rb"});
}

TEST(Text, NfcAndNfdStayWhatTheyAre) {
  EXPECT_EQ(text_of("Zo\u00E9"), Texts{"Zo\u00E9"});
  EXPECT_EQ(text_of("Zoe\u0301"), Texts{"Zoe\u0301"});
}

TEST(Text, CdataIsTakenLiterally) {
  EXPECT_EQ(text_of("<![CDATA[A & B &eacute; <b>]]>"), Texts{"A & B &eacute; <b>"});
  EXPECT_EQ(text_of("<![CDATA[</value></addRequest>]]>"), Texts{"</value></addRequest>"});
}

TEST(Text, PiecesAroundCommentsInstructionsAndCdataAreJoined) {
  EXPECT_EQ(text_of("a<!-- </value> --> <?x y?><![CDATA[ b]]> c"), Texts{"a  b c"});
  EXPECT_EQ(text_of("<![CDATA[a]]><![CDATA[b]]>&amp;"), Texts{"ab&"});
}

TEST(Text, CdataOfASingleByteEncodingIsDecoded) {
  EXPECT_EQ(read_value("<![CDATA[\xE9]]>", "ISO-8859-1").texts(words().nom), Texts{"é"});
}

TEST(Text, ReferencesMixWithSingleBytes) {
  EXPECT_EQ(read_value("\xE9&#8217;\xE8&oelig;", "ISO-8859-1").texts(words().nom), Texts{"é’èœ"});
}

TEST(Entities, TableHoldsTheWholeOfHtml4) {
  EXPECT_EQ(named_entity("AElig"), U'Æ');
  EXPECT_EQ(named_entity("zwnj"), 0x200C);
  EXPECT_EQ(named_entity("lang"), 0x2329);
  EXPECT_EQ(named_entity("apos"), U'\'');
  EXPECT_EQ(named_entity("hearts"), 0x2665);
  EXPECT_EQ(named_entity(""), std::nullopt);
  EXPECT_EQ(named_entity("zzz"), std::nullopt);
}

}  // namespace
}  // namespace entsync::aaf
