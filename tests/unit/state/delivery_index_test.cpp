#include "state/delivery_index.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/complet_part.hpp"
#include "support/folder.hpp"
#include "support/memory_index.hpp"

namespace entsync {
namespace {

using test::eleve;
using test::etab;
using test::personnel;
using test::responsable;
using test::uai;

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}

class Index : public testing::Test {
 protected:
  Index() {
    test::Delivery delivery;
    delivery.records = {etab("8", uai(310001)), etab("9", ""),        eleve("100", "8"),
                        eleve("101", "9"),      responsable("200"),   responsable("201"),
                        personnel("300", "8"),  personnel("301", "9")};
    delivery.find(Category::eleve, "100")
        .with("ENTEleveAutoriteParentale", "200$10")
        .with("ENTEleveAutoriteParentale", "999$20")
        .with("ENTPersonClasses", test::classe("9", "5"));
    delivery.find(Category::eleve, "101").with("ENTEleveAutoriteParentale", "200$10");
    delivery.rejected.push_back({Category::eleve, "102", {1, 2, 3}, "AAF-031", "why"});
    delivery.rejected.push_back({std::nullopt, "", {}, "AAF-031", "why"});
    world_.emplace(test::World::of(delivery));
    world_->synchronise();
    scene_.emplace(*world_);
    memory_.emplace(*scene_);
    records_.rules = "rules";
    records_.complets = {scene_->feed_views.front()};
    records_.deliveries = {{"AC-TEST", "/d", "/d/in", "stamp", "digest", {}}};
    const Feed last = memory_->outline();
    for (const SourceFile& file : last.files())
      records_.deliveries.front().files.push_back({"/d/in/" + file.name, "s", 0});
    findings_.bindings = {{"0310001A", "cn=a,ou=groups"}, {"0310001A", "cn=a,ou=groups"}};
    findings_.before.run = {1, 2, 3, 4, 5};
    findings_.before.schools["0310001A"] = {6, 7, 8, 9, 0};
    findings_.before.school_profils["0310001A/eleve"] = {1, 0, 0, 0, 0};
  }

  std::unique_ptr<DeliveryIndex> open() {
    auto index = DeliveryIndex::open(folder_.path());
    if (!index) throw std::runtime_error(to_string(index.error()));
    return std::move(*index);
  }
  void write() {
    const auto index = open();
    const auto writing = index->begin(records_, world_->rules.feed);
    ASSERT_TRUE(writing) << to_string(writing.error());
    const auto written = (*writing)->finish(findings_);
    ASSERT_TRUE(written) << to_string(written.error());
  }

  test::Folder folder_;
  std::optional<test::World> world_;
  std::optional<test::Scene> scene_;
  std::optional<test::MemoryIndex> memory_;
  DeliveryIndex::Records records_;
  DeliveryIndex::Findings findings_;
};

TEST_F(Index, StaysAsItWasUntilTheNextOneIsFinished) {
  write();
  const auto index = open();
  const DeliveryIndex::Records old = records_;
  records_.deliveries.front().digest = "another";
  {
    const auto writing = index->begin(records_, world_->rules.feed);
    ASSERT_TRUE(writing) << to_string(writing.error());
    EXPECT_EQ(open()->deliveries().value(), old.deliveries) << "seen from beside";
  }
  EXPECT_EQ(index->deliveries().value(), old.deliveries) << "it was given up";
  EXPECT_EQ(index->before().value().run.persons, findings_.before.run.persons);
  EXPECT_TRUE(index->complet(0)->has({Category::eleve, "100"}));
}

TEST_F(Index, AnswersLikeTheCompletItWasMadeFrom) {
  write();
  const auto index = open();
  const auto complet = index->complet(0);
  EXPECT_EQ(complet->academie(), "AC-TEST");
  for (const Category category : all_categories)
    for (const char* id : {"8", "9", "100", "101", "102", "200", "201", "300", "301", "999"}) {
      const RecordKey key{category, id};
      EXPECT_EQ(complet->has(key), memory_->has(key)) << id;
      EXPECT_EQ(sorted(complet->structures_of(key)), sorted(memory_->structures_of(key))) << id;
      EXPECT_EQ(sorted(complet->pupils_of(id)), sorted(memory_->pupils_of(id))) << id;
      EXPECT_EQ(sorted(complet->responsables_of(id)), sorted(memory_->responsables_of(id))) << id;
    }
  auto persons = complet->persons_of("9");
  auto expected = memory_->persons_of("9");
  std::ranges::sort(persons);
  std::ranges::sort(expected);
  EXPECT_EQ(persons, expected);
  ASSERT_EQ(complet->structures().size(), 2);
  EXPECT_EQ(complet->bound_to("0310001A"), std::vector<std::string>{"cn=a,ou=groups"});
}

TEST_F(Index, KeepsFilesAndRejectedRecords) {
  write();
  const auto index = open();
  const Feed outline = index->complet(0)->outline();
  EXPECT_EQ(outline.files(), memory_->outline().files());
  ASSERT_EQ(outline.rejected().size(), 2);
  EXPECT_EQ(outline.rejected()[0].id, "102");
  EXPECT_EQ(outline.rejected()[0].position, (SourcePosition{1, 2, 3}));
  EXPECT_FALSE(outline.rejected()[1].category.has_value());
  EXPECT_FALSE(outline.rejected()[1].position.known());
}

TEST_F(Index, KnowsItsDeliveriesAndPopulations) {
  write();
  const auto index = open();
  EXPECT_EQ(index->rules().value(), "rules");
  EXPECT_EQ(index->deliveries().value(), records_.deliveries);
  const Before before = index->before().value();
  EXPECT_EQ(before.run.live, 5);
  EXPECT_EQ(before.schools.at("0310001A").members, 9);
  EXPECT_EQ(before.school_profils.at("0310001A/eleve").persons, 1);
}

TEST_F(Index, ARecordReachesToTheNextOneOfItsFile) {
  write();
  const auto index = open();
  const auto places = index->places(0, {{Category::eleve, "100"}, {Category::eleve, "101"}});
  ASSERT_EQ(places.size(), 2);
  EXPECT_EQ(places[0].end, places[1].start);
  EXPECT_EQ(places[1].end, memory_->outline().files()[places[1].file].bytes);
}

TEST_F(Index, AnotherDeliveryReplacesAllOfIt) {
  write();
  records_.deliveries.front().digest = "other";
  test::Delivery other;
  other.records = {etab("7", uai(310002)), eleve("500", "7"), responsable("600"),
                   personnel("700", "7")};
  const CompletFeed complet = other.complet(world_->rules);
  records_.complets = {&complet};
  findings_.bindings.clear();
  write();
  const auto index = open();
  EXPECT_FALSE(index->complet(0)->has({Category::eleve, "100"}));
  EXPECT_TRUE(index->complet(0)->has({Category::eleve, "500"}));
  EXPECT_TRUE(index->complet(0)->bound_to("0310001A").empty());
}

TEST_F(Index, IsReadableByItsOwnerOnly) {
  write();
  struct stat status {};
  ASSERT_EQ(::stat((folder_.path() / "deliveries.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Index, APartIsOnlyMadeOfAllRecordsThatWereAskedFor) {
  const std::set<RecordKey> wanted{{Category::eleve, "100"}, {Category::eleve, "101"}};
  EXPECT_TRUE(CompletPart::verify(memory_->read(wanted), *memory_, wanted));
  for (const std::set<RecordKey>& other :
       {std::set<RecordKey>{{Category::eleve, "100"}},
        std::set<RecordKey>{
            {Category::eleve, "100"}, {Category::eleve, "101"}, {Category::pers_rel_eleve, "200"}}})
    EXPECT_FALSE(CompletPart::verify(memory_->read(other), *memory_, wanted));
}

}  // namespace
}  // namespace entsync
