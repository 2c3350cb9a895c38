// The short way through a request must read what the long way reads, and leave to it all that has
// another form.

#include "connectors/aaf/usual_request.hpp"

#include <gtest/gtest.h>

#include <random>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using namespace std::string_literals;

/// Everything that the form allows, also what exports seldom write.
const std::string usual =
    "<addRequest>\r\n <operationalAttributes><attr name=\"categoriePersonne\"><value> Eleve\n"
    "</value> </attr>\n</operationalAttributes>\n<identifier> <id>12</id></identifier>\n"
    "<attributes>\n<attr name=\"ENTPersonJointure\"><value>12</value></attr>\n"
    "<attr name=\"ENTPersonNom\">\n<value>\n  &Eacute;T\xC3\x89 \"a\">]]&gt; b\r\nc </value>"
    "<value/> <value></value>\n<value>d</value></attr>\n"
    "<attr name=\"x-y_0\"><value>\n</value></attr><attr name=\"ENTInconnu\"><value>-</value>"
    "</attr>\n<attr name=\"ENTPersonPrenom\"></attr></attributes>\n</addRequest>";

std::string outcome(const std::string& request, std::size_t chunk) {
  test::ReadOptions options;
  options.chunk = chunk;
  const auto reading = test::read_xml(test::document(request + "\n" + request), options);
  return reading.refusal ? to_string(*reading.refusal) : test::describe(reading.feed);
}

/// The form is only seen in a request that lies there whole: small chunks go the long way.
void expect_same_both_ways(const std::string& request) {
  ASSERT_EQ(outcome(request, std::string::npos), outcome(request, 64)) << request;
}

bool is_usual(const std::string& request, Charset charset = Charset::utf8) {
  return UsualRequest().read(request, charset);
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string other = usual;
  const std::size_t at = other.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return other.replace(at, what.size(), by);
}

TEST(UsualRequest, NamesAndValuesStandWhereTheyWereDelivered) {
  const std::string text = usual + "<addRequest>";
  UsualRequest request;
  ASSERT_TRUE(request.read(text, Charset::utf8));
  EXPECT_EQ(request.size(), usual.size());
  EXPECT_EQ(request.category_name(), "categoriePersonne");
  EXPECT_EQ(request.category(), " Eleve\n");
  EXPECT_EQ(request.id(), "12");
  const auto attributes = request.attributes();
  ASSERT_EQ(attributes.size(), 5);
  EXPECT_EQ(attributes[1].name, "ENTPersonNom");
  const auto values = request.values_of(attributes[1]);
  EXPECT_EQ(
      std::vector(values.begin(), values.end()),
      (std::vector<std::string_view>{"\n  &Eacute;T\xC3\x89 \"a\">]]&gt; b\r\nc ", "", "", "d"}));
  EXPECT_TRUE(request.values_of(attributes[4]).empty());
  std::vector<std::uint32_t> newlines;
  for (std::uint32_t i = 0; i < usual.size(); ++i)
    if (usual[i] == '\n') newlines.push_back(i);
  EXPECT_EQ(std::vector(request.newlines().begin(), request.newlines().end()), newlines);
}

TEST(UsualRequest, IsNotTakenBeforeItIsWhole) {
  for (std::size_t size = 0; size < usual.size(); ++size)
    ASSERT_FALSE(is_usual(usual.substr(0, size))) << size;
}

TEST(UsualRequest, OfAnyOtherFormGoesTheLongWay) {
  for (const std::string& other :
       {replaced("<addRequest>", "<modifyRequest>"),
        replaced("<addRequest>", "<addRequest a=\"\">"),
        replaced("<identifier>", "<!-- --><identifier>"), replaced("<id>12", "<id><![CDATA[12]]>"),
        replaced("<value>d", "<value>d<?p ?>"), replaced("<value>d", "<value a=\"\">d"),
        replaced("<value/>", "<value />"), replaced("<value/>", "text"),
        replaced("\"x-y_0\"", "\"x&amp;y\""), replaced("\"x-y_0\"", "'x-y_0'"),
        replaced("\"x-y_0\"", "\"\""), replaced("x-y_0", std::string(65, 'x')),
        replaced("</attributes>", "</attributes><attributes></attributes>"),
        replaced("<value>d", "<value>\x01"), replaced("<value>d", "<value>\0"s),
        replaced("<value>d", "<value>\xE9"), replaced("<value>d", "<value>\xEF\xBF\xBE"),
        replaced("Eleve", "\xE9")}) {
    EXPECT_FALSE(is_usual(other)) << other;
    expect_same_both_ways(other);
  }
}

TEST(UsualRequest, BytesAreJudgedInTheDeclaredEncoding) {
  EXPECT_TRUE(is_usual(replaced("<value>d", "<value>\xE9"), Charset::latin1));
  EXPECT_FALSE(is_usual(replaced("<value>d", "<value>\x81"), Charset::windows1252));
}

TEST(UsualRequest, BothWaysReadTheSame) {
  expect_same_both_ways(usual);
  EXPECT_NE(outcome(usual, 64).find("ENTInconnu"), std::string::npos);
  for (const std::string& other :
       {replaced("12</id>", "</id>"), replaced("12</id>", "13</id>"),
        replaced("12</id>", "a b</id>"), replaced("Eleve", "PersEducNat"), replaced("Eleve", "&"),
        replaced("Eleve", ""), replaced("categoriePersonne", "categorieStructure"),
        replaced("categoriePersonne", "c"), replaced("&Eacute;", "&"),
        replaced("&Eacute;", "&Ecute;"), replaced("&Eacute;", "&#0;"), replaced("&gt;", ">"),
        replaced("<value>d", "<value>" + std::string(70'000, 'd')),
        replaced("<value>d", "<value>d" + std::string(70'000, '\n'))}) {
    EXPECT_TRUE(is_usual(other));
    expect_same_both_ways(other);
  }
}

TEST(UsualRequest, BothWaysReadTheSameWhateverByteIsWrong) {
  for (std::size_t at = 0; at < usual.size(); ++at) {
    expect_same_both_ways(std::string(usual).erase(at, 1));
    for (const std::string& wrong : {"<"s, ">"s, "&"s, "\""s, "/"s, " "s, "\n"s, "\0"s, "\xE9"s})
      expect_same_both_ways(std::string(usual).replace(at, 1, wrong));
    for (const std::string& more : {"<!-- -->"s, "<?p?>"s, "<![CDATA[ ]]>"s, "<value>"s, "\xC3"s})
      expect_same_both_ways(std::string(usual).insert(at, more));
  }
}

/// Several pieces at once are cut out, doubled, moved or put in.
TEST(UsualRequest, BothWaysReadTheSameAfterManyChanges) {
  constexpr std::size_t longest = 40;
  const std::vector<std::string> pieces{
      "<value>", "</value>", "<value/>", "</attr>", "<attr name=\"ENTPersonNom\">",
      "<id>",    "</id>",    "&amp;",    "&",       "<attr name=\"ENTPersonJointure\">",
      "<!--",    "-->",      "\r\n",     " ",       "<addRequest>",
      "\xC3",    "]]>",      "12",       "13",      "\x7F"};
  std::mt19937 random(20'261);
  const auto below = [&random](std::size_t end) { return random() % end; };
  std::size_t read_short = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string request = usual;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::string cut = request.substr(below(request.size()), below(longest));
      const std::size_t at = below(request.size());
      switch (below(3)) {
        case 0:
          request.erase(at, below(longest));
          break;
        case 1:
          request.insert(at, cut);
          break;
        default:
          request.insert(request.find('>', at) + 1, pieces[below(pieces.size())]);
      }
      if (request.empty()) request = usual;
    }
    if (is_usual(request)) ++read_short;
    ASSERT_NO_FATAL_FAILURE(expect_same_both_ways(request)) << round;
  }
  EXPECT_GT(read_short, 100) << "hardly any of them compares the two ways";
}

TEST(UsualRequest, LargerThanARecordMayBeIsRefused) {
  test::ReadOptions options;
  options.limits.record_bytes = usual.size();
  EXPECT_EQ(test::read_xml(test::document(usual), options).code(), "");
  options.limits.record_bytes = usual.size() - 1;
  EXPECT_EQ(test::read_xml(test::document(usual), options).code(), "AAF-042");
}

}  // namespace
}  // namespace entsync::aaf
