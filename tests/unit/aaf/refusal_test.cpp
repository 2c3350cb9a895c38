// What refuses a whole file: each case has its own code, and says where.

#include <gtest/gtest.h>

#include <algorithm>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using namespace std::string_literals;
using test::document;
using test::pupil;
using test::read_xml;

const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The file must be refused with this code, and name the line and byte where `at` stands.
void expect_refused(const std::string& bytes, const std::string& code, std::size_t at) {
  const auto reading = read_xml(bytes);
  ASSERT_EQ(reading.code(), code) << (reading.refusal ? to_string(*reading.refusal) : "accepted");
  const auto line =
      1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  EXPECT_EQ(reading.refusal->where.line, static_cast<std::uint64_t>(line)) << bytes.substr(0, 200);
  EXPECT_NE(reading.refusal->what.find("(byte " + std::to_string(at) + ")"), std::string::npos)
      << to_string(*reading.refusal);
  EXPECT_EQ(reading.refusal->where.file, "file.xml");
  EXPECT_FALSE(reading.refusal->remedy.empty());
}
void expect_refused_at(const std::string& bytes, const std::string& code, const std::string& at) {
  expect_refused(bytes, code, bytes.find(at));
}

TEST(Refusal, EmptyFile) {
  expect_refused("", "AAF-030", 0);
}

TEST(Refusal, FileThatEndsAnywhereIsCutOff) {
  const std::string whole = document("<!-- x -->\n" + pupil("1") + "<?p q?>\n" + pupil("2"));
  const std::size_t end = whole.rfind('>');
  for (std::size_t size = 1; size <= end; ++size) {
    const auto reading = read_xml(whole.substr(0, size));
    ASSERT_EQ(reading.code(), "AAF-031") << size;
  }
  EXPECT_EQ(read_xml(whole.substr(0, end + 1)).code(), "");
}

TEST(Refusal, CutFileNamesTheRecordThatIsCut) {
  const std::string whole = document(pupil("1") + pupil("2"));
  const std::size_t second = whole.rfind("<addRequest>");
  expect_refused(whole.substr(0, second + 100), "AAF-031", second);
}

TEST(Refusal, WhiteSpaceAlone) {
  EXPECT_EQ(read_xml("  \n\n ").code(), "AAF-031");
}

TEST(Refusal, AnythingAfterTheRoot) {
  for (const std::string& rest : {"x"s, "<autre/>"s, "</ficAlimMENESR>"s, "<![CDATA[x]]>"s,
                                  "<!DOCTYPE ficAlimMENESR>"s, "<ficAlimMENESRE/>"s, "<!x>"s})
    expect_refused(document(pupil("1")) + "\n" + rest, "AAF-032", document(pupil("1")).size() + 1);
}

TEST(Refusal, SecondRootOrDocument) {
  const std::string one = document(pupil("1"));
  expect_refused(one + "<ficAlimMENESR></ficAlimMENESR>", "AAF-033", one.size());
  expect_refused(one + "<ficAlimMENESR/>", "AAF-033", one.size());
  expect_refused(one + one, "AAF-033", one.size());
}

TEST(Refusal, CommentsAndInstructionsAfterTheRootAreHarmless) {
  EXPECT_EQ(read_xml(document("") + "<!-- x -->\n<?y z?>\n").code(), "");
}

TEST(Refusal, WrongRootElement) {
  for (const char* root : {"<autre/>", "<FicAlimMENESR></FicAlimMENESR>",
                           "<addRequest></addRequest>", "<ficAlimMENESRX/>", "<x:ficAlimMENESR/>"})
    expect_refused(head + root, "AAF-034", head.size());
}

TEST(Refusal, EmptyRootIsAWholeFile) {
  EXPECT_EQ(read_xml("<ficAlimMENESR/>").code(), "");
  EXPECT_EQ(read_xml("<ficAlimMENESR ></ficAlimMENESR\n>").code(), "");
}

TEST(Refusal, MalformedMarkup) {
  const std::string start = "<ficAlimMENESR>";
  const std::string end = "</ficAlimMENESR>";
  expect_refused_at(" " + head + start + end, "AAF-035", "<?xml");
  expect_refused_at(head + "texte" + start + end, "AAF-035", "texte");
  expect_refused_at(head + start + pupil("1") + "texte" + end, "AAF-035", "texte");
  expect_refused_at(head + start + "</addRequest>" + end, "AAF-035", "</addRequest>");
  expect_refused_at(head + start + "<![CDATA[x]]>" + end, "AAF-035", "<![CDATA[");
  expect_refused_at(head + start + "<addRequest><!DOCTYPE x></addRequest>" + end, "AAF-035",
                    "<!DOCTYPE");
  expect_refused_at(head + "<ficAlimMENESR <x>>" + end, "AAF-035", "<ficAlim");
  expect_refused_at("<?xml encoding=\"UTF-8\"?>" + start + end, "AAF-035", "<?xml");
  expect_refused_at("<?xml version=1.0?>" + start + end, "AAF-035", "<?xml");
  expect_refused_at("<?xml version=\"1.0\" autre=\"x\"?>" + start + end, "AAF-035", "<?xml");
  expect_refused_at(head + "<!DOCTYPE a><!DOCTYPE b>" + start + end, "AAF-035", "<!DOCTYPE b");
  expect_refused_at(head + "<!DOCTYPE a ]>" + start + end, "AAF-035", "]>");
}

TEST(Refusal, MalformedRecord) {
  for (const std::string& inside :
       {"<attr></value>"s, "<a b></a>"s, "<a b=c></a>"s, "<attr><value></attr></value>"s,
        "< a></ a>"s, "<1></1>"s, "</attr><attr>"s}) {
    const auto reading = read_xml(document("\n<addRequest>" + inside + "</addRequest>"));
    EXPECT_EQ(reading.code(), "AAF-035") << inside;
  }
}

TEST(Refusal, AttributeGivenTwice) {
  expect_refused_at(document(test::add_request(
                        "1", "\n<attr name=\"a\" x=\"y\"\n nam\u0065=\"b\"><value/></attr>")),
                    "AAF-035", "name=\"b\"");
}

TEST(Refusal, MissingEndTagOfARecord) {
  const std::string whole = document(pupil("1") + pupil("2"));
  std::string lost = whole;
  lost.erase(lost.find("</addRequest>"), 13);
  expect_refused(lost, "AAF-040", lost.rfind("<addRequest>"));
}

TEST(Refusal, NestedRequest) {
  for (const char* name : {"addRequest", "modifyRequest", "deleteRequest"})
    expect_refused_at(document("<addRequest>\n<x><"s + name + " a='b'/></x></addRequest>"),
                      "AAF-040", "<"s + name + " a=");
  EXPECT_EQ(read_xml(document("<addRequest><addRequests/></addRequest>")).code(), "");
}

TEST(Refusal, MillionsOfNestedElements) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  expect_refused(document("<addRequest>" + deep), "AAF-041",
                 document("<addRequest>").find("<addRequest>") + 12 + 15 * 3);
}

TEST(Refusal, UnsupportedEncoding) {
  for (const char* encoding : {"UTF-16", "ISO-8859-2", "EBCDIC-CP-FR", "x"})
    expect_refused("<?xml version=\"1.0\" encoding=\""s + encoding + "\"?><ficAlimMENESR/>",
                   "AAF-036", 0);
  expect_refused("\xFF\xFE<\0?\0"s, "AAF-036", 0);
  expect_refused("\xFE\xFF\0<\0?"s, "AAF-036", 0);
  expect_refused("<\0?\0x\0"s, "AAF-036", 0);
  expect_refused("\0\0\0<"s, "AAF-036", 0);
  EXPECT_EQ(read_xml("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ficAlimMENESR/>")
                .code(),
            "AAF-036");
}

TEST(Refusal, BytesThatTheEncodingDoesNotHave) {
  const std::string latin1 = document(pupil("1") + test::add_request("2", "\n\n<!-- \xE9 -->"));
  expect_refused_at(latin1, "AAF-037", "\xE9 ");
  expect_refused_at(document("<!-- \xE9 -->"), "AAF-037", "\xE9");
  expect_refused_at(document("") + "<!-- \xE9 -->", "AAF-037", "\xE9");
  expect_refused_at(head + "<!-- \xE9 --><ficAlimMENESR/>", "AAF-037", "\xE9");
  expect_refused_at(head + "<ficAlimMENESR a='\xE9'/>", "AAF-037", "\xE9");
  expect_refused_at(head + "<?x \xE9?><ficAlimMENESR/>", "AAF-037", "\xE9");
  expect_refused_at(document("<!-- \x81 -->", "windows-1252"), "AAF-037", "\x81");
}

TEST(Refusal, WrongEncodingOfAnUnwantedAttributeCountsToo) {
  EXPECT_EQ(read_xml(document(test::add_request("1", test::attr("ENTInconnu", {"\xE9"})))).code(),
            "AAF-037");
}

TEST(Refusal, UndeclaredEncodingIsUtf8AndTheMessageSaysSo) {
  const auto reading = read_xml(document("<!-- \xE9 -->", ""));
  ASSERT_EQ(reading.code(), "AAF-037");
  EXPECT_NE(reading.refusal->what.find("no encoding is declared"), std::string::npos);
}

TEST(Refusal, ForbiddenControlCharacters) {
  expect_refused_at(document(test::add_request("1", test::attr("ENTPersonNom", {"\x01"}))),
                    "AAF-038", "\x01");
  expect_refused_at(document(test::add_request("1", test::attr("ENTPersonNom", {"a\0b"s}))),
                    "AAF-038", "\0"s);
  expect_refused_at(document("<!-- \x1B -->", "ISO-8859-15"), "AAF-038", "\x1B");
}

TEST(Refusal, EntityDeclarations) {
  const std::string end = "\n]>\n<ficAlimMENESR/>";
  expect_refused_at(head + "<!DOCTYPE ficAlimMENESR [\n<!ENTITY x \"y\">" + end, "AAF-039",
                    "<!ENTITY");
  expect_refused_at(head +
                        "<!DOCTYPE ficAlimMENESR SYSTEM 'a>b' [ <!-- <!ENTITY --> <?p <!ENTITY ?>\n"
                        "<!ELEMENT a (b)><!ENTITY % x SYSTEM \"file:///etc/passwd\">" +
                        end,
                    "AAF-039", "<!ENTITY % x");
}

TEST(Refusal, BillionLaughs) {
  std::string bomb = head + "<!DOCTYPE ficAlimMENESR [\n<!ENTITY a0 \"ha\">\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + before + "\">\n";
  }
  bomb += "]>\n<ficAlimMENESR>" + test::add_request("1", test::attr("ENTPersonNom", {"&a29;"})) +
          "</ficAlimMENESR>";
  EXPECT_EQ(read_xml(bomb).code(), "AAF-039");
}

TEST(Refusal, ExternalDtdIsNeverFetchedAndHarmless) {
  for (const char* doctype : {"<!DOCTYPE ficAlimMENESR SYSTEM \"http://192.0.2.1/x.dtd\">",
                              "<!DOCTYPE ficAlimMENESR SYSTEM \"file:///does/not/exist.dtd\">",
                              "<!DOCTYPE ficAlimMENESR PUBLIC \"-//x//y\" 'z' [ <!ELEMENT id "
                              "(#PCDATA)> <!-- ]> --> %x; ] >"})
    EXPECT_EQ(read_xml(head + doctype + "<ficAlimMENESR>" + pupil("1") + "</ficAlimMENESR>").code(),
              "")
        << doctype;
}

TEST(Refusal, EntityOfAnExternalDtdRejectsTheRecordAlone) {
  const auto reading = read_xml(
      document(test::add_request("1", test::attr("ENTPersonNom", {"&externe;"})) + pupil("2")));
  EXPECT_EQ(reading.rejections(), std::vector<std::string>{"AAF-056"});
}

TEST(Refusal, RecordLargerThanTheLimit) {
  test::ReadOptions options;
  options.limits.record_bytes = 2'000;
  const std::string small =
      test::add_request("1", test::attr("ENTInconnu", {std::string(1'000, 'x')}));
  const std::string large =
      test::add_request("2", test::attr("ENTInconnu", {std::string(2'000, 'x')}));
  EXPECT_EQ(read_xml(document(small), options).code(), "");
  EXPECT_EQ(read_xml(document(small + large), options).code(), "AAF-042");
  options.chunk = 100;
  const auto reading = read_xml(document(small + large), options);
  ASSERT_EQ(reading.code(), "AAF-042");
  EXPECT_NE(reading.refusal->what.find(
                "(byte " + std::to_string(document(small + large).rfind("<addRequest>")) + ")"),
            std::string::npos);
}

TEST(Refusal, OtherMarkupLargerThanTheLimit) {
  test::ReadOptions options;
  options.limits.record_bytes = 2'000;
  const std::string filler(3'000, 'x');
  for (const std::string& bytes :
       {document("<!--" + filler + "-->"), document("<?x " + filler + "?>"),
        "<!DOCTYPE a SYSTEM '" + filler + "'><ficAlimMENESR/>",
        "<ficAlimMENESR a='" + filler + "'/>", document("<addRequest " + filler + "/>"),
        document("<" + filler + "/>")}) {
    for (const std::size_t chunk : {std::size_t{10}, std::size_t{1'500}, bytes.size()}) {
      options.chunk = chunk;
      EXPECT_TRUE(read_xml(bytes, options).code() == "AAF-042" ||
                  read_xml(bytes, options).code() == "AAF-043")
          << bytes.substr(0, 30) << chunk;
    }
  }
}

TEST(Refusal, ForeignElementBetweenRecords) {
  expect_refused_at(document(pupil("1") + "<autre/>"), "AAF-043", "<autre");
  expect_refused_at(document("<attr name='x'/>"), "AAF-043", "<attr name='x'");
}

TEST(Refusal, TooManyRejectedRecords) {
  test::ReadOptions options;
  options.limits.rejected_records = 3;
  std::string bad;
  for (int i = 0; i < 3; ++i) bad += test::add_request(std::to_string(i), "<autre/>");
  EXPECT_EQ(read_xml(document(bad), options).code(), "");
  const auto reading = read_xml(document(bad + test::add_request("4", "<autre/>")), options);
  ASSERT_EQ(reading.code(), "AAF-044");
  EXPECT_NE(reading.refusal->what.find("AAF-061"), std::string::npos);
}

}  // namespace
}  // namespace entsync::aaf
