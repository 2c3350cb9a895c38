#include "connectors/aaf/record_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using test::add_request;
using test::attr;
using test::document;
using test::read_xml;
using test::Reading;
using test::words;
using Texts = std::vector<std::string>;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Reading read_request(const std::string& request, test::ReadOptions options = {}) {
  return read_xml(document(request), options);
}
Reading read_delta(const std::string& request) {
  test::ReadOptions options;
  options.kind = DeliveryKind::delta;
  return read_request(request, options);
}
std::string modification(std::string_view name, const Texts& values,
                         std::string_view operation = "replace") {
  std::string out = "<modification name=\"" + std::string(name) + "\" operation=\"" +
                    std::string(operation) + "\">";
  for (const std::string& value : values) out += "<value>" + value + "</value>";
  return out + "</modification>";
}
/// An addRequest with this text for its three parts.
std::string raw_request(const std::string& operational, const std::string& identifier,
                        const std::string& rest) {
  return "<addRequest>" + operational + identifier + rest + "</addRequest>";
}
const std::string eleve =
    R"(<operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr></operationalAttributes>)";
const std::string id1 = "<identifier><id>1</id></identifier>";
const std::string some =
    R"(<attributes><attr name="ENTPersonNom"><value>X</value></attr></attributes>)";

TEST(Record, KeepsIdentifierCategoryAndWantedValuesInTheirOrder) {
  const Reading reading = read_request(
      add_request("9000101", attr("ENTPersonJointure", {"9000101"}) + attr("ENTPersonNom", {"X"}) +
                                 attr("ENTEleveAutoriteParentale", {"9000501$10", "9000502$20"})));
  EXPECT_EQ(reading.record().id(), "9000101");
  EXPECT_EQ(reading.record().category(), Category::eleve);
  EXPECT_EQ(reading.record().request(), RequestKind::add);
  EXPECT_EQ(reading.record().value_count(), 3);
  EXPECT_EQ(reading.texts(words().parents), (Texts{"9000501$10", "9000502$20"}));
  EXPECT_EQ(reading.feed.files().front().records, 1);
}

TEST(Record, CompositeValuesAreStoredWhole) {
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonClasses", {"901$11$$$"})))
                .texts(words().classes),
            Texts{"901$11$$$"});
}

TEST(Record, EmptyValuesOfAnAddRequestAreNotStored) {
  const Reading reading = read_request(add_request(
      "1", attr("ENTPersonNom", {"X"}) + "<attr name=\"ENTPersonPrenom\"><value/></attr>" +
               attr("ENTPersonClasses", {"", "  ", "<!-- nothing -->", "<![CDATA[]]>", "&#32;"})));
  EXPECT_EQ(reading.record().value_count(), 1);
  EXPECT_THAT(reading.feed.dropped(), IsEmpty());
}

TEST(Record, RepeatedAttributeMergesItsNonEmptyValues) {
  const Reading reading = read_request(
      add_request("1", attr("ENTPersonAutresPrenoms", {""}) + attr("ENTPersonNom", {"X"}) +
                           attr("ENTPersonAutresPrenoms", {"Ines"}) +
                           attr("ENTPersonAutresPrenoms", {"", "Zoe"})));
  EXPECT_EQ(reading.texts(words().autres), (Texts{"Ines", "Zoe"}));
}

TEST(Record, UnwantedAttributesAreCountedOnceForEachNonEmptyOccurrence) {
  const Reading reading = read_request(
      add_request("1", attr("ENTPersonNom", {"X"}) + attr("ENTInconnu", {"a", "b"}) +
                           attr("ENTVide", {""}) + attr("ENTVide", {}) +
                           attr("ENTInconnu", {"c"})) +
      add_request("2", attr("ENTPersonNom", {"X"}) + attr("ENTInconnu", {"<![CDATA[d]]>"})));
  EXPECT_THAT(reading.feed.dropped(), ElementsAre(Pair("ENTInconnu", 3)));
}

TEST(Record, JointureIsTheIdentifierAndNotADroppedAttribute) {
  EXPECT_THAT(read_request(test::pupil("1")).feed.dropped(), IsEmpty());
}

TEST(Record, TextOfUnwantedAttributesIsNowhereInTheFeed) {
  const Reading reading = read_request(
      add_request("1", attr("ENTPersonNom", {"X"}) + attr("ENTInconnu", {"TRES-SECRET"})));
  EXPECT_EQ(test::describe(reading.feed).find("TRES-SECRET"), std::string::npos);
}

TEST(Record, BrokenReferencesInUnwantedAttributesHarmNobody) {
  EXPECT_THAT(
      read_request(add_request("1", attr("ENTPersonNom", {"X"}) + attr("ENTInconnu", {"&x;"})))
          .rejections(),
      IsEmpty());
}

TEST(Record, ManyInventedAttributeNamesAreCountedTogether) {
  std::string attributes = attr("ENTPersonNom", {"X"});
  for (int i = 0; i < 3'000; ++i) attributes += attr("n" + std::to_string(i), {"v"});
  const Reading reading = read_request(add_request("1", attributes));
  EXPECT_EQ(reading.feed.dropped().size(), 1'001);
  EXPECT_EQ(reading.feed.dropped().at("(other attributes)"), 2'000);
}

TEST(Record, StructuresAreReadFromTheirOwnFiles) {
  test::ReadOptions options;
  options.category = Category::etab_educ_nat;
  const Reading reading =
      read_request(add_request("901",
                               attr("ENTStructureJointure", {"901"}) +
                                   attr("ENTStructureNomCourant", {"E.E.PU$$VILLE"}),
                               "EtabEducNat"),
                   options);
  EXPECT_EQ(reading.texts(words().structure), Texts{"E.E.PU$$VILLE"});
}

TEST(Record, PartsMayStandInAnyOrder) {
  EXPECT_EQ(read_request(raw_request(some, id1, eleve)).record().id(), "1");
}

// Delta -------------------------------------------------------------------------------------------

TEST(Delta, ModifyRequestKeepsItsNewValues) {
  const Reading reading = read_delta(test::modify_request(
      "1", modification("ENTPersonClasses", {"901$11$ORDINAIRE$990012$CE2 B"})));
  EXPECT_EQ(reading.record().request(), RequestKind::modify);
  EXPECT_EQ(reading.texts(words().classes), Texts{"901$11$ORDINAIRE$990012$CE2 B"});
  EXPECT_FALSE(reading.record().clears(words().classes));
}

TEST(Delta, ModificationWithoutAnyValueClearsTheAttributeOnce) {
  for (const Texts& nothing : {Texts{""}, Texts{"", " "}, Texts{}}) {
    const Reading reading =
        read_delta(test::modify_request("1", modification("ENTPersonClasses", nothing) +
                                                 modification("ENTPersonClasses", nothing)));
    EXPECT_EQ(reading.texts(words().classes), Texts{""});
    EXPECT_TRUE(reading.record().clears(words().classes));
    EXPECT_FALSE(reading.record().clears(words().nom));
  }
}

TEST(Delta, EmptyModificationDoesNotClearWhatAnotherOneFills) {
  const Reading reading =
      read_delta(test::modify_request("1", modification("ENTPersonAutresPrenoms", {""}) +
                                               modification("ENTPersonAutresPrenoms", {"Ines"})));
  EXPECT_EQ(reading.texts(words().autres), Texts{"Ines"});
  EXPECT_FALSE(reading.record().clears(words().autres));
}

TEST(Delta, ClearingAnUnwantedAttributeLeavesNothing) {
  const Reading reading = read_delta(test::modify_request("1", modification("ENTInconnu", {""})));
  EXPECT_EQ(reading.record().value_count(), 0);
  EXPECT_THAT(reading.feed.dropped(), IsEmpty());
}

TEST(Delta, DeleteRequestCarriesTheIdentifierOnly) {
  const Reading reading = read_delta(test::delete_request("9000102"));
  EXPECT_EQ(reading.record().request(), RequestKind::remove);
  EXPECT_EQ(reading.record().id(), "9000102");
  EXPECT_EQ(reading.record().value_count(), 0);
}

TEST(Delta, OperationsOtherThanReplaceRejectTheRecord) {
  for (const char* operation : {"add", "delete", "", "REPLACE"})
    EXPECT_EQ(
        read_delta(test::modify_request("1", modification("ENTPersonClasses", {"x"}, operation)))
            .rejections(),
        Texts{"AAF-059"})
        << operation;
  EXPECT_EQ(
      read_delta(test::modify_request(
                     "1", "<modification name=\"ENTPersonNom\"><value>x</value></modification>"))
          .rejections(),
      Texts{"AAF-059"});
}

TEST(Delta, OrderOfRequestsIsKeptAndNothingIsMerged) {
  test::ReadOptions options;
  options.kind = DeliveryKind::delta;
  const Reading reading =
      read_request(test::pupil("1") + test::delete_request("1") +
                       test::modify_request("1", modification("ENTPersonNom", {"Y"})),
                   options);
  ASSERT_EQ(reading.feed.records(Category::eleve).size(), 3);
  EXPECT_EQ(reading.feed.records(Category::eleve)[1].request(), RequestKind::remove);
}

TEST(Delta, ModifyMayOmitARequiredAttributeButNotEmptyIt) {
  test::ReadOptions options;
  options.kind = DeliveryKind::delta;
  options.required[static_cast<std::size_t>(Category::eleve)] = {words().nom};
  EXPECT_THAT(
      read_request(test::modify_request("1", modification("ENTPersonClasses", {"x"})), options)
          .rejections(),
      IsEmpty());
  EXPECT_EQ(read_request(test::modify_request("1", modification("ENTPersonNom", {""})), options)
                .rejections(),
            Texts{"AAF-055"});
  EXPECT_THAT(read_request(test::delete_request("1"), options).rejections(), IsEmpty());
}

TEST(Complet, HoldsNoOtherRequestsThanAdd) {
  EXPECT_EQ(read_request(test::delete_request("1")).rejections(), Texts{"AAF-063"});
  const Reading reading =
      read_request(test::modify_request("7", modification("ENTPersonNom", {"Y"})));
  ASSERT_EQ(reading.rejections(), Texts{"AAF-063"});
  EXPECT_EQ(reading.feed.rejected().front().id, "7");
}

// Identity ----------------------------------------------------------------------------------------

TEST(Identity, IdentifiersHaveOneToThirtyTwoSafeCharacters) {
  for (const std::string id : {"1", "A-b_c.9", "12345678901234567890123456789012"})
    EXPECT_EQ(read_request(test::pupil(id)).record().id(), id);
  for (const std::string id :
       {"", " ", "a b", "é", "1$2", "a/b", "123456789012345678901234567890123"}) {
    const Reading reading = read_request(add_request(id, attr("ENTPersonNom", {"X"})));
    ASSERT_EQ(reading.rejections(), Texts{"AAF-053"}) << id;
    EXPECT_EQ(reading.feed.rejected().front().id, "");
    EXPECT_EQ(reading.feed.rejected().front().category, Category::eleve);
  }
}

TEST(Identity, MissingOrRepeatedIdentifierRejectsTheRecord) {
  EXPECT_EQ(read_request(raw_request(eleve, "", some)).rejections(), Texts{"AAF-052"});
  EXPECT_EQ(read_request(raw_request(eleve, "<identifier/>", some)).rejections(), Texts{"AAF-052"});
  EXPECT_EQ(read_request(raw_request(eleve, "<identifier><id>1</id><id>2</id></identifier>", some))
                .rejections(),
            Texts{"AAF-052"});
  EXPECT_EQ(read_request(raw_request(eleve, id1 + id1, some)).rejections(), Texts{"AAF-061"});
}

TEST(Identity, MissingIdentifierIsReportedUnderTheJointure) {
  const Reading reading = read_request(
      raw_request(eleve, "", "<attributes>" + attr("ENTPersonJointure", {"5"}) + "</attributes>"));
  ASSERT_EQ(reading.rejections(), Texts{"AAF-052"});
  EXPECT_EQ(reading.feed.rejected().front().id, "5");
}

TEST(Identity, DifferenceFromTheJointureLeavesBothUnknown) {
  const Reading reading = read_request(
      add_request("1", attr("ENTPersonJointure", {"2"}) + attr("ENTPersonNom", {"X"})));
  ASSERT_EQ(reading.rejections(), (Texts{"AAF-054", "AAF-054"}));
  EXPECT_EQ(reading.feed.rejected()[0].id, "1");
  EXPECT_EQ(reading.feed.rejected()[1].id, "2");
  EXPECT_THAT(reading.feed.records(Category::eleve), IsEmpty());
}

TEST(Identity, EmptyOrAbsentJointureIsNoDifference) {
  EXPECT_EQ(
      read_request(add_request("1", attr("ENTPersonJointure", {""}) + attr("ENTPersonNom", {"X"})))
          .record()
          .id(),
      "1");
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonNom", {"X"}))).record().id(), "1");
}

TEST(Identity, StructuresAreCheckedAgainstTheirOwnJointure) {
  test::ReadOptions options;
  options.category = Category::etab_educ_nat;
  EXPECT_EQ(read_request(add_request("901", attr("ENTStructureJointure", {"902"}), "EtabEducNat"),
                         options)
                .rejections(),
            (Texts{"AAF-054", "AAF-054"}));
  EXPECT_THAT(
      read_request(add_request("901", attr("ENTPersonJointure", {"902"}), "EtabEducNat"), options)
          .rejections(),
      IsEmpty());
}

// Category ----------------------------------------------------------------------------------------

TEST(RecordCategory, OtherThanTheFilesLeavesBothUnknown) {
  const Reading reading =
      read_request(add_request("1", attr("ENTPersonNom", {"X"}), "PersEducNat"));
  ASSERT_EQ(reading.rejections(), (Texts{"AAF-051", "AAF-051"}));
  EXPECT_EQ(reading.feed.rejected()[0].category, Category::eleve);
  EXPECT_EQ(reading.feed.rejected()[1].category, Category::pers_educ_nat);
  EXPECT_EQ(reading.feed.rejected()[1].id, "1");
}

TEST(RecordCategory, UnknownTokenIsRejected) {
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonNom", {"X"}), "MatEducNat")).rejections(),
            Texts{"AAF-051"});
}

TEST(RecordCategory, MustBeNamedByTheRightOperationalAttribute) {
  const std::string structure =
      R"(<operationalAttributes><attr name="categorieStructure"><value>Eleve</value></attr></operationalAttributes>)";
  EXPECT_EQ(read_request(raw_request(structure, id1, some)).rejections(), Texts{"AAF-051"});
}

TEST(RecordCategory, MissingOrRepeatedOneIsRejected) {
  const std::string one = R"(<attr name="categoriePersonne"><value>Eleve</value></attr>)";
  const std::string other = R"(<attr name="autre"><value>Eleve</value></attr>)";
  for (const std::string& operational :
       {std::string(), std::string("<operationalAttributes/>"),
        "<operationalAttributes>" + one + one + "</operationalAttributes>",
        "<operationalAttributes>" + other + "</operationalAttributes>",
        std::string(
            R"(<operationalAttributes><attr name="categoriePersonne"/></operationalAttributes>)")})
    EXPECT_EQ(read_request(raw_request(operational, id1, some)).rejections(), Texts{"AAF-050"})
        << operational;
}

// Grammar -----------------------------------------------------------------------------------------

TEST(Grammar, ForeignElementsRejectTheRecordAlone) {
  const std::vector<std::string> requests{
      raw_request(eleve, id1, "<autre/>"),
      raw_request(eleve, id1, ""),
      raw_request(eleve, id1, some + some),
      raw_request(eleve, id1, "<modifications/>"),
      raw_request(eleve, id1, "<attributes><autre/></attributes>"),
      raw_request(eleve, id1,
                  "<attributes><attr name=\"ENTPersonNom\"><autre/></attr></attributes>"),
      raw_request(eleve, id1, "<attributes>" + attr("ENTPersonNom", {"a<b/>c"}) + "</attributes>"),
      raw_request(eleve, id1, "texte" + some),
      raw_request(eleve, id1, "<attributes>texte</attributes>"),
      raw_request(eleve, id1,
                  "<attributes><attr name=\"ENTPersonNom\">X<value>Y</value></attr></attributes>"),
      raw_request(eleve, id1,
                  "<attributes><attr name=\"ENTAutre\">X<value>Y</value></attr></attributes>"),
      raw_request(eleve, id1,
                  "<attributes><attr name=\"ENTAutre\"><value>Y</value>X</attr></attributes>"),
      raw_request(
          eleve, id1,
          "<attributes><attr name=\"N\" a='' b='' c='' d='' e='' f='' g='' h=''/></attributes>"),
  };
  for (const std::string& request : requests) {
    const Reading reading = read_request(request + test::pupil("2"));
    EXPECT_EQ(reading.rejections(), Texts{"AAF-061"}) << request;
    EXPECT_EQ(reading.record().id(), "2");
    EXPECT_EQ(reading.feed.rejected().front().id, "1");
  }
}

TEST(Grammar, SelfClosedRequestIsRejectedWithoutAName) {
  const Reading reading = read_request("<addRequest/>");
  ASSERT_EQ(reading.rejections(), Texts{"AAF-052"});
  EXPECT_EQ(reading.feed.rejected().front().id, "");
}

TEST(Grammar, ModifyAndDeleteRequestsHaveTheirOwnParts) {
  EXPECT_EQ(read_delta(test::modify_request("1", "") + "").rejections(), Texts{});
  EXPECT_EQ(read_delta("<modifyRequest>" + eleve + id1 + "</modifyRequest>").rejections(),
            Texts{"AAF-061"});
  EXPECT_EQ(read_delta("<modifyRequest>" + eleve + id1 + some + "</modifyRequest>").rejections(),
            Texts{"AAF-061"});
  EXPECT_EQ(read_delta("<deleteRequest>" + eleve + id1 + some + "</deleteRequest>").rejections(),
            Texts{"AAF-061"});
}

TEST(Grammar, AttributesNeedAPossibleName) {
  for (const char* name : {"", "a b", "é", "<", "a&amp;b",
                           "n23456789012345678901234567890123456789012345678901234567890123456"})
    EXPECT_EQ(read_request(add_request("1", attr(name, {"X"}))).rejections(), Texts{"AAF-060"})
        << name;
  EXPECT_EQ(read_request(
                raw_request(eleve, id1, "<attributes><attr><value>X</value></attr></attributes>"))
                .rejections(),
            Texts{"AAF-060"});
}

TEST(Grammar, CommentsAndInstructionsMayStandAnywhereInARecord) {
  const std::string noise = "<!-- <addRequest> \"'> --><?note <x> ?>";
  const Reading reading = read_request(
      "<addRequest>" + noise + eleve + noise + id1 + noise + "<attributes>" + noise +
      "<attr name=\"ENTPersonNom\">" + noise + "<value>" + noise + "X" + noise + "</value>" +
      noise + "</attr>" + noise + "</attributes>" + noise + "</addRequest>");
  EXPECT_EQ(reading.texts(words().nom), Texts{"X"});
}

TEST(Grammar, QuotesMayHoldAngleBrackets) {
  const Reading reading = read_request(
      add_request("1", "<attr name='ENTPersonNom' note='a>b \"'><value>X</value></attr>"));
  EXPECT_EQ(reading.texts(words().nom), Texts{"X"});
}

// Bounds ------------------------------------------------------------------------------------------

TEST(Bounds, ValuesMayHave65535BytesAndNotOneMore) {
  const std::string longest(65'535, 'x');
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonNom", {longest}))).texts(words().nom),
            Texts{longest});
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonNom", {longest + "x"}))).rejections(),
            Texts{"AAF-057"});
}

TEST(Bounds, LengthIsCountedAfterDecoding) {
  // 40 000 bytes of ISO-8859-1 are 80 000 of UTF-8.
  const Reading reading = read_xml(document(
      add_request("1", attr("ENTPersonNom", {std::string(40'000, '\xE9')})), "ISO-8859-1"));
  EXPECT_EQ(reading.rejections(), Texts{"AAF-057"});
}

TEST(Bounds, RecordsMayHave65535LinesAndNotOneMore) {
  const std::string request = add_request("1", attr("ENTPersonNom", {"X"}));
  const auto inside = static_cast<std::size_t>(std::ranges::count(request, '\n')) - 1;
  const auto with_lines = [&](std::size_t lines) {
    std::string text = request;
    text.insert(text.find("<value>X"), std::string(lines - inside, '\n'));
    return read_request(text);
  };
  const Reading most = with_lines(65'535);
  EXPECT_EQ(most.record().value(0).position.line, 4 + 65'535 - 2);
  EXPECT_EQ(with_lines(65'536).rejections(), Texts{"AAF-058"});
}

TEST(Bounds, RecordsMayHave65535ValuesAndNotOneMore) {
  const Texts most(65'535, "x");
  EXPECT_EQ(read_request(add_request("1", attr("ENTPersonNom", most))).record().value_count(),
            65'535);
  EXPECT_EQ(
      read_request(add_request("1", attr("ENTPersonNom", most) + attr("ENTPersonPrenom", {"x"})))
          .rejections(),
      Texts{"AAF-058"});
}

TEST(Required, MissingOrEmptyAttributesRejectTheRecordWithTheirName) {
  test::ReadOptions options;
  options.required[static_cast<std::size_t>(Category::eleve)] = {words().nom, words().prenom};
  for (const std::string& attributes :
       {attr("ENTPersonNom", {"X"}),
        attr("ENTPersonNom", {"X"}) + attr("ENTPersonPrenom", {" "})}) {
    const Reading reading = read_request(add_request("1", attributes), options);
    ASSERT_EQ(reading.rejections(), Texts{"AAF-055"});
    EXPECT_NE(reading.feed.rejected().front().reason.find("ENTPersonPrenom"), std::string::npos);
  }
  EXPECT_EQ(read_request(test::pupil("1"), options).record().id(), "1");
}

}  // namespace
}  // namespace entsync::aaf
