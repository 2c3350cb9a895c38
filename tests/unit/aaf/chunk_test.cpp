// How a file is cut into chunks must not matter: not to what is read, nor to how it is refused.

#include <gtest/gtest.h>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using namespace std::string_literals;
using test::add_request;
using test::attr;
using test::document;
using test::read_xml;

std::string outcome(const test::Reading& reading) {
  // After a refusal what was read before is of no interest.
  return reading.refusal ? to_string(*reading.refusal) : test::describe(reading.feed);
}

/// Feeds `bytes` in chunks of every size, and in two chunks cut at every byte.
void expect_same_in_chunks(const std::string& bytes, test::ReadOptions options = {}) {
  options.chunk = bytes.size();
  const std::string whole = outcome(read_xml(bytes, options));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    options.chunk = size;
    ASSERT_EQ(outcome(read_xml(bytes, options)), whole) << "chunks of " << size;
  }
}

/// One of everything.
std::string rich(std::string_view encoding, const std::string& e_acute) {
  return "<?xml version=\"1.0\" encoding=\""s + std::string(encoding) + "\"?>\r\n" +
         "<!-- a - -- b --><?p ?q?>\n"
         "<!DOCTYPE ficAlimMENESR SYSTEM 'x.dtd' [ <!ELEMENT a (b)> <!-- ]> --> <?p ]>?> ]>\n" +
         "<ficAlimMENESR a=\"b>c\" >\n<!-- versionAF=\"AAF-VE2407\" degre=\"1D\" -->\n" +
         add_request("1", attr("ENTPersonNom", {e_acute + "&eacute;<![CDATA[</addRequest>]]>"}) +
                              "<!-- <addRequest> -->" + attr("ENTInconnu", {e_acute, "]]"})) +
         "\r\n<?p <x> ?>" + add_request("2", "<autre>]]></autre>") +
         add_request("3", attr("ENTPersonNom", {"&#233;\r\n" + e_acute, ""})) +
         "</ficAlimMENESR >\n<!-- end -->\n";
}

TEST(Chunks, OfAnySizeGiveTheSameFeed) {
  expect_same_in_chunks(rich("UTF-8", "é"));
  expect_same_in_chunks("\xEF\xBB\xBF" + rich("UTF-8", "€"));
  expect_same_in_chunks(rich("ISO-8859-15", "\xA4"));
}

TEST(Chunks, OfTheRichFileReallyReadEverything) {
  const auto reading = read_xml(rich("ISO-8859-15", "\xA4"));
  ASSERT_EQ(reading.code(), "");
  EXPECT_EQ(reading.feed.records(Category::eleve).size(), 2);
  EXPECT_EQ(reading.rejections(), std::vector<std::string>{"AAF-061"});
  EXPECT_EQ(reading.feed.records(Category::eleve)[0].first(test::words().nom), "€é</addRequest>");
}

TEST(Chunks, OfAnySizeGiveTheSameRefusal) {
  const std::string end = "</ficAlimMENESR>";
  for (const std::string& bytes : {document("<!-- \xE9 -->"),
                                   document("") + document(""),
                                   document("") + "<ficAlimMENESR/>",
                                   document("") + "<ficAlimMENESRx/>",
                                   document("") + "<!D",
                                   document("") + "x",
                                   document("") + "<?xm",
                                   document("") + "<",
                                   document("<addRequest><x></addRequest>"),
                                   document("<addRequests/>"),
                                   document("<addRequest><deleteRequest/></addRequest>"),
                                   document("<![CDATA[x]]>"),
                                   document("<addRequest><![CDAT[x]]></addRequest>"),
                                   document("<addRequest><!x></addRequest>"),
                                   "<!DOCTYPE x [<!ENTITY y 'z'>]><ficAlimMENESR/>"s,
                                   "<!DOCTYPE x [<!ENTIT y 'z'>]><ficAlimMENESR/>"s,
                                   "<?xml version='1.0' encoding='x'?>"s,
                                   "<?xml?><ficAlimMENESR/>"s,
                                   "<?xml"s,
                                   " <?xml version='1.0'?>"s,
                                   "<ficAlimMENES"s,
                                   "\xFF\xFE<"s,
                                   "\xEF\xBB"s,
                                   "\xEF\xBB\xBF"s,
                                   "<!-"s,
                                   "<!X"s,
                                   "<ficAlimMENESR>texte" + end,
                                   "<ficAlimMENESR></ficAlim>"s,
                                   "<ficAlimMENESR><"s})
    expect_same_in_chunks(bytes);
}

TEST(Chunks, OfAnySizeRespectTheSameLimit) {
  test::ReadOptions options;
  options.limits.record_bytes = 300;
  const std::string filler(280, 'x');
  for (const std::string& bytes :
       {document("<!--" + filler.substr(1) + "-->"), document("<!--" + filler.substr(2) + "-->xx"),
        document("<!--" + filler + filler + "-->"),
        document(add_request("1", attr("ENTInconnu", {filler})))})
    expect_same_in_chunks(bytes, options);
}

}  // namespace
}  // namespace entsync::aaf
