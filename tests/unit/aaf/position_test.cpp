// Every value's line and byte offset are those of the file as delivered: proven by reading the
// bytes there.

#include <gtest/gtest.h>

#include <algorithm>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using test::add_request;
using test::attr;
using test::document;
using test::read_xml;
using test::words;

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::uint32_t line_at(const std::string& bytes, std::uint64_t offset) {
  return 1 + static_cast<std::uint32_t>(std::count(
                 bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

/// The values of all records must begin with these bytes, in this order.
void expect_found(const std::string& bytes, const std::vector<std::string>& raw,
                  DeliveryKind kind = DeliveryKind::complet) {
  test::ReadOptions options;
  options.kind = kind;
  const auto reading = read_xml(bytes, options);
  ASSERT_EQ(reading.code(), "") << to_string(*reading.refusal);
  std::vector<std::string> found;
  for (const FeedRecord& record : reading.feed.records(Category::eleve)) {
    EXPECT_EQ(bytes.substr(record.position().offset, 4).substr(0, 1), "<");
    EXPECT_EQ(record.position().line, line_at(bytes, record.position().offset));
    for (std::size_t i = 0; i < record.value_count(); ++i) {
      const SourcePosition at = record.value(i).position;
      const std::string& expected = raw.at(found.size());
      found.push_back(bytes.substr(at.offset, expected.size()));
      EXPECT_EQ(at.line, line_at(bytes, at.offset)) << expected;
    }
  }
  EXPECT_EQ(found, raw);
}

std::string two_records(const std::string& e_acute) {
  const std::string first =
      add_request("1", attr("ENTPersonNom", {e_acute + "T" + e_acute, "second"}) +
                           "\n\n  <attr\n  name=\"ENTPersonPrenom\"\n  >\n<value\n>\n  \t" +
                           e_acute + "lan&#233;\n </value></attr>\n");
  const std::string second =
      add_request("2", attr("ENTInconnu", {e_acute + "\n" + e_acute}) +
                           attr("ENTPersonNom", {"&#233;T\n" + e_acute, "x"}));
  return "<!-- " + e_acute + "\n" + e_acute + " -->" + first + "\n" + second;
}

TEST(Position, IsExactInUtf8) {
  expect_found(document(two_records("é")), {"éTé<", "second<", "élan&#233;", "&#233;T", "x<"});
}

TEST(Position, IsExactAfterAByteOrderMark) {
  expect_found("\xEF\xBB\xBF" + document(two_records("é")),
               {"éTé<", "second<", "élan&#233;", "&#233;T", "x<"});
}

TEST(Position, IsExactWithCrLf) {
  expect_found(with_crlf(document(two_records("é"))),
               {"éTé<", "second<", "élan&#233;", "&#233;T", "x<"});
}

TEST(Position, IsExactInSingleByteCharsets) {
  for (const char* encoding : {"ISO-8859-1", "ISO-8859-15", "windows-1252"}) {
    expect_found(document(two_records("\xE9"), encoding),
                 {"\xE9T\xE9<", "second<", "\xE9lan&#233;", "&#233;T", "x<"});
    expect_found(with_crlf(document(two_records("\xE9"), encoding)),
                 {"\xE9T\xE9<", "second<", "\xE9lan&#233;", "&#233;T", "x<"});
  }
}

TEST(Position, IsTheFirstCharacterThatIsKept) {
  expect_found(
      document(add_request("1", attr("ENTPersonNom", {"&#32;\n &#9;\n&eacute;t"}) +
                                    attr("ENTPersonNom", {"<!-- \n --> <![CDATA[ \n y]]>"}) +
                                    attr("ENTPersonNom", {"\n<![CDATA[]]>\n&#32;z"}))),
      {"&eacute;t<", "y]]>", "z<"});
}

TEST(Position, OfAClearedAttributeIsItsElement) {
  expect_found(
      document(test::modify_request(
          "1",
          "\n <modification name=\"ENTPersonNom\" operation=\"replace\"><value/>"
          "</modification>\n<modification name=\"ENTPersonPrenom\" operation=\"replace\">\n"
          "<value>é</value></modification>")),
      {"é<", "<modification name=\"ENTPersonNom\""}, DeliveryKind::delta);
}

TEST(Position, OfARejectedRecordIsItsFirstByte) {
  const std::string bytes =
      with_crlf(document("\n\n" + test::pupil("1") + " " + add_request("2", "<autre/>")));
  const auto reading = read_xml(bytes);
  ASSERT_EQ(reading.feed.rejected().size(), 1);
  const SourcePosition at = reading.feed.rejected().front().position;
  EXPECT_EQ(at.offset, bytes.rfind("<addRequest>"));
  EXPECT_EQ(at.line, line_at(bytes, at.offset));
  EXPECT_EQ(at.file, 0);
}

TEST(Position, IsExactInTheLastOfManyRecords) {
  std::string requests;
  std::vector<std::string> raw;
  for (int i = 0; i < 300; ++i) {
    requests += add_request(std::to_string(i), attr("ENTPersonNom", {"N" + std::to_string(i)}));
    raw.push_back("N" + std::to_string(i) + "<");
  }
  expect_found(document(requests), raw);
}

}  // namespace
}  // namespace entsync::aaf
