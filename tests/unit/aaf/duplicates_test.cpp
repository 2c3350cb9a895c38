// One identifier twice in one category of a Complet.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.hpp"

namespace entsync::aaf {
namespace {

using test::add_request;
using test::attr;
using test::document;
using test::pupil;
using testing::ElementsAre;
using testing::IsEmpty;

/// An Eleve file of these requests, with duplicates judged.
Feed judged(const std::string& requests) {
  auto reading = test::read_xml(document(requests));
  reading.feed.reject_duplicates();
  return std::move(reading.feed);
}
std::vector<std::string> ids(const Feed& feed) {
  std::vector<std::string> all;
  for (const FeedRecord& record : feed.records(Category::eleve)) all.emplace_back(record.id());
  return all;
}
std::vector<std::string> rejected_ids(const Feed& feed) {
  std::vector<std::string> all;
  for (const RejectedRecord& rejected : feed.rejected()) all.push_back(rejected.id);
  return all;
}
std::string named(const std::string& id, const std::string& nom) {
  return add_request(id, attr("ENTPersonNom", {nom}));
}

TEST(Duplicates, ThatSayTheSameLeaveTheFirst) {
  const Feed feed = judged(pupil("1") + pupil("2") + pupil("1") + pupil("3") + pupil("1"));
  EXPECT_THAT(ids(feed), ElementsAre("1", "2", "3"));
  EXPECT_THAT(feed.rejected(), IsEmpty());
  EXPECT_LT(feed.records(Category::eleve)[0].position().line,
            feed.records(Category::eleve)[1].position().line);
  EXPECT_EQ(feed.files().front().records, 3);
}

TEST(Duplicates, ThatContradictEachOtherAreAllRejected) {
  const Feed feed = judged(named("1", "X") + pupil("2") + named("1", "Y") + named("1", "X"));
  EXPECT_THAT(ids(feed), ElementsAre("2"));
  EXPECT_THAT(rejected_ids(feed), ElementsAre("1", "1", "1"));
  for (const RejectedRecord& rejected : feed.rejected()) {
    EXPECT_EQ(rejected.code, "AAF-062");
    EXPECT_EQ(rejected.category, Category::eleve);
  }
  EXPECT_EQ(feed.files().front().records, 1);
}

TEST(Duplicates, EachNamesTheOther) {
  const Feed feed = judged(named("1", "X") + named("1", "Y"));
  ASSERT_EQ(feed.rejected().size(), 2);
  const auto names = [](const RejectedRecord& one, const RejectedRecord& other) {
    return one.reason.find("file.xml:" + std::to_string(other.position.line)) != std::string::npos;
  };
  EXPECT_TRUE(names(feed.rejected()[0], feed.rejected()[1]));
  EXPECT_TRUE(names(feed.rejected()[1], feed.rejected()[0]));
}

TEST(Duplicates, OrderOfAttributesDoesNotMatterThatOfValuesDoes) {
  const std::string nom = attr("ENTPersonNom", {"X"});
  const std::string ab = attr("ENTPersonAutresPrenoms", {"a", "b"});
  const std::string ba = attr("ENTPersonAutresPrenoms", {"b", "a"});
  EXPECT_THAT(ids(judged(add_request("1", nom + ab) + add_request("1", ab + nom))),
              ElementsAre("1"));
  EXPECT_THAT(ids(judged(add_request("1", nom + ab) + add_request("1", nom + ba))), IsEmpty());
}

TEST(Duplicates, MissingValueIsAContradiction) {
  EXPECT_THAT(ids(judged(named("1", "X") + pupil("1"))), IsEmpty());
}

TEST(Duplicates, DifferenceInDroppedAttributesIsNone) {
  const std::string nom = attr("ENTPersonNom", {"X"});
  EXPECT_THAT(ids(judged(add_request("1", nom + attr("ENTInconnu", {"a"})) +
                         add_request("1", nom + attr("ENTInconnu", {"b"})))),
              ElementsAre("1"));
}

TEST(Duplicates, OfTwoCategoriesAreNone) {
  Feed feed("AC-X", DeliveryKind::complet, Date());
  RecordDraft draft;
  for (const Category category : {Category::eleve, Category::pers_rel_eleve}) {
    SourceFile file;
    file.category = category;
    draft.position.file = feed.add_file(file);
    draft.category = category;
    draft.id = "1";
    feed.add_record(draft);
  }
  feed.reject_duplicates();
  EXPECT_EQ(feed.records(Category::eleve).size(), 1);
  EXPECT_EQ(feed.records(Category::pers_rel_eleve).size(), 1);
}

TEST(Duplicates, AmongManyAreFoundAndOthersKeepTheirOrder) {
  std::string requests;
  std::vector<std::string> expected;
  for (int i = 0; i < 3'000; ++i) {
    const std::string id = std::to_string((i * 7919) % 3'001);
    requests += named(id, "X");
    if (i % 10 == 0) {
      requests += named(id, "Y");
    } else {
      expected.push_back(id);
      if (i % 10 == 5) requests += named(id, "X");
    }
  }
  const Feed feed = judged(requests);
  EXPECT_EQ(ids(feed), expected);
  EXPECT_EQ(feed.rejected().size(), 600);
}

}  // namespace
}  // namespace entsync::aaf
