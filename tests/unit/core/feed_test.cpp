#include "core/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RecordDraft draft(std::string id, std::vector<std::pair<FeedAttribute, std::string>> values) {
  RecordDraft record;
  record.id = std::move(id);
  record.position = {0, 10, 1000};
  for (auto& [attribute, text] : values) {
    const auto n = static_cast<std::uint32_t>(record.values.size() + 1);
    record.values.push_back({attribute, std::move(text), n, n * 7});
  }
  record.value_count = record.values.size();
  return record;
}

Feed empty_feed() {
  Feed feed("AC-TEST", DeliveryKind::complet, *Date::from_iso("2026-09-02"));
  feed.add_file({"AC-TEST", "a.xml", "", 0, 0, Category::eleve});
  return feed;
}

TEST(Feed, ARecordIsReadAsItWasWritten) {
  Feed feed = empty_feed();
  feed.add_record(draft("101", {{0, "un"}, {1, ""}, {0, "deux"}, {2, "trois"}}));
  const FeedRecord record = feed.records(Category::eleve)[0];
  EXPECT_EQ(record.id(), "101");
  EXPECT_EQ(record.first(0), "un");
  EXPECT_EQ(record.first(1), "");
  EXPECT_FALSE(record.has(1));
  EXPECT_TRUE(record.has(2));
  EXPECT_EQ(record.value_count(), 4U);
  EXPECT_EQ(record.value(2).text, "deux");
  EXPECT_EQ(record.value(2).position, (SourcePosition{0, 13, 1021}));
  EXPECT_EQ(record.first_value(2)->position.line, 14U);
  EXPECT_FALSE(record.first_value(9));
  EXPECT_EQ(feed.files()[0].records, 1U);
}

TEST(Feed, AnAttributeIsClearedOnlyWhenEveryValueOfItIsEmpty) {
  Feed feed = empty_feed();
  feed.add_record(draft("101", {{0, ""}, {1, ""}, {1, "x"}}));
  const FeedRecord record = feed.records(Category::eleve)[0];
  EXPECT_TRUE(record.clears(0));
  EXPECT_FALSE(record.clears(1)) << "first empty, then filled";
  EXPECT_FALSE(record.clears(2)) << "not named";
}

TEST(Feed, RecordsStayWhereTheyAreWhenTheFeedMoves) {
  Feed feed = empty_feed();
  for (int i = 0; i < 10'000; ++i)
    feed.add_record(draft(std::to_string(i), {{0, std::string(200, 'x')}}));
  const Feed moved = std::move(feed);
  EXPECT_EQ(moved.records(Category::eleve)[9'999].id(), "9999");
  EXPECT_EQ(moved.records(Category::eleve)[0].first(0).size(), 200U);
}

TEST(Feed, ARecordWithMoreValuesThanFitIsCutAndNotCorrupted) {
  Feed feed = empty_feed();
  RecordDraft big = draft("101", {});
  for (int i = 0; i < 70'000; ++i) big.values.push_back({0, "x", 0, 0});
  big.value_count = big.values.size();
  feed.add_record(big);
  const FeedRecord record = feed.records(Category::eleve)[0];
  EXPECT_EQ(record.id(), "101");
  EXPECT_EQ(record.value_count(), 65'535U);
  EXPECT_EQ(record.value(65'534).text, "x");
}

TEST(Feed, TheVocabularyNumbersEachNameOnce) {
  Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.add("A"), 0U);
  EXPECT_EQ(vocabulary.add("B"), 1U);
  EXPECT_EQ(vocabulary.add("A"), 0U);
  EXPECT_EQ(vocabulary.find("B"), 1U);
  EXPECT_FALSE(vocabulary.find("a")) << "exactly as the feed writes it";
}

TEST(Feed, DroppedAttributesAreCountedByName) {
  Feed feed = empty_feed();
  feed.count_dropped("X");
  feed.count_dropped("X");
  feed.count_dropped("Y");
  EXPECT_EQ(feed.dropped().at("X"), 2U);
  EXPECT_EQ(feed.dropped().at("Y"), 1U);
}

// CompletFeed
// --------------------------------------------------------------------------------------

struct Verified {
  std::vector<std::string> codes;
  std::string text;
};

Verified verify(Feed&& feed, const CompletFeed::Expected& expected = {"AC-TEST", {}, {}}) {
  const auto result = CompletFeed::verify(std::move(feed), expected, rules_1d().feed.academie);
  if (result) return {};
  return {codes(result.error()), to_string(result.error())};
}

TEST(CompletFeed, AWholeCompletIsAccepted) {
  EXPECT_THAT(verify(one_school().feed(rules_1d())).codes, ElementsAre());
}

TEST(CompletFeed, ADeltaNeverIs) {
  Feed delta("AC-TEST", DeliveryKind::delta, *Date::from_iso("2026-09-02"));
  EXPECT_THAT(verify(std::move(delta)).codes, ElementsAre("AAF-025"));
}

TEST(CompletFeed, EachCategoryHasToBeThere) {
  for (const Category missing : all_categories) {
    Feed feed("AC-TEST", DeliveryKind::complet, *Date::from_iso("2026-09-02"));
    for (const Category category : all_categories) {
      if (category == missing) continue;
      feed.add_file(
          {"AC-TEST", "X_" + std::string(to_string(category)) + "_0000.xml", "", 0, 0, category});
      RecordDraft record = draft("1", {});
      record.category = category;
      record.position.file = static_cast<std::uint32_t>(feed.files().size() - 1);
      feed.add_record(record);
    }
    const Verified verified = verify(std::move(feed));
    EXPECT_THAT(verified.codes, ElementsAre("AAF-020"));
    EXPECT_THAT(verified.text, HasSubstr(std::string(to_string(missing))));
  }
}

TEST(CompletFeed, ACategoryWithoutAUsableRecordIsRefused) {
  Delivery delivery = one_school();
  for (const char* id : {"101", "102", "103"}) delivery.reject(Category::eleve, id);
  EXPECT_THAT(verify(delivery.feed(rules_1d())).codes, ElementsAre("AAF-021"));
}

TEST(CompletFeed, AHoleInThePartNumbersIsAMissingPart) {
  Feed feed = one_school().feed(rules_1d());
  feed.add_file({"AC-TEST", "ENT_X_Complet_20260902_Eleve_0002.xml", "", 0, 0, Category::eleve});
  const Verified verified = verify(std::move(feed));
  EXPECT_THAT(verified.codes, ElementsAre("AAF-022"));
  EXPECT_THAT(verified.text, HasSubstr("part 1 is missing"));
}

TEST(CompletFeed, AFirstPartThatIsMissingIsMissing) {
  Feed feed = one_school().feed(rules_1d());
  feed.files()[static_cast<std::size_t>(Category::eleve)].name = "X_Eleve_0001.xml";
  EXPECT_THAT(verify(std::move(feed)).codes, ElementsAre("AAF-022"));
}

TEST(CompletFeed, FilesWithoutANumberHaveNoHoles) {
  for (const char* name :
       {"Eleve.xml", "X_Eleve_abc.xml", "X_Eleve_.xml", "X_Eleve_99999999999999999999.xml"}) {
    Feed feed = one_school().feed(rules_1d());
    feed.add_file({"AC-TEST", name, "", 0, 0, Category::eleve});
    EXPECT_THAT(verify(std::move(feed)).codes, ElementsAre()) << name;
  }
}

TEST(CompletFeed, TheExportOfAnotherAcademieIsRefused) {
  Feed feed = one_school().feed(rules_1d());
  feed.metadata["codeAcademieExport"] = "CRETEIL";
  EXPECT_THAT(verify(std::move(feed), {"AC-TEST", "TEST", {}}).codes, ElementsAre("AAF-023"));
}

TEST(CompletFeed, TheNumberOfAnAcademieIsNoLabelToCompare) {
  Feed feed = one_school().feed(rules_1d());
  feed.metadata["codeAcademieExport"] = "016";
  EXPECT_THAT(verify(std::move(feed), {"AC-TEST", "TEST", {}}).codes, ElementsAre());
}

TEST(CompletFeed, TheNameOfTheAcademieIsComparedWithoutAccentsAndCase) {
  Feed feed = one_school().feed(rules_1d());
  feed.metadata["codeAcademieExport"] = "Tést";
  EXPECT_THAT(verify(std::move(feed), {"AC-TEST", "TEST", {}}).codes, ElementsAre());
}

TEST(CompletFeed, StructuresMostlyOfAnotherAcademieAreRefused) {
  Delivery delivery = one_school();
  delivery.records.push_back(etab("9", uai(2)).set("ENTServAcAcademie", "CRETEIL"));
  EXPECT_THAT(verify(delivery.feed(rules_1d()), {"AC-TEST", "TEST", {}}).codes, ElementsAre())
      << "half is not most";
  delivery.records.push_back(etab("10", uai(3)).set("ENTServAcAcademie", "CRETEIL"));
  EXPECT_THAT(verify(delivery.feed(rules_1d()), {"AC-TEST", "TEST", {}}).codes,
              ElementsAre("AAF-024"));
}

TEST(CompletFeed, ADeliveryOfADayToComeIsRefused) {
  CompletFeed::Expected expected{"AC-TEST", {}, {}, Date::from_iso("2026-09-01")};
  EXPECT_THAT(verify(one_school().feed(rules_1d()), expected).codes, ElementsAre("AAF-046"));
  expected.latest = Date::from_iso("2026-09-02");
  EXPECT_THAT(verify(one_school().feed(rules_1d()), expected).codes, testing::IsEmpty());
}

TEST(CompletFeed, TheDirectoryNeverGoesBackInTime) {
  const CompletFeed::Expected newer{"AC-TEST", {}, Date::from_iso("2026-09-03")};
  const CompletFeed::Expected same{"AC-TEST", {}, Date::from_iso("2026-09-02")};
  EXPECT_THAT(verify(one_school().feed(rules_1d()), newer).codes, ElementsAre("AAF-026"));
  EXPECT_THAT(verify(one_school().feed(rules_1d()), same).codes, ElementsAre())
      << "the same delivery may be applied again";
}

TEST(CompletFeed, EverythingWrongIsSaidAtOnce) {
  Feed feed("AC-TEST", DeliveryKind::complet, *Date::from_iso("2026-09-02"));
  const Verified verified = verify(std::move(feed), {"AC-TEST", {}, Date::from_iso("2027-01-01")});
  EXPECT_THAT(verified.codes, ElementsAre("AAF-020", "AAF-020", "AAF-020", "AAF-020", "AAF-026"));
}

}  // namespace
}  // namespace entsync::test
