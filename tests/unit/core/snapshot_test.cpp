#include "core/snapshot.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace entsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Values = std::vector<std::pair<TargetAttribute, std::string_view>>;

DirectorySnapshot snapshot_of(const std::vector<Values>& entries) {
  SnapshotBuilder builder;
  std::size_t n = 0;
  for (const Values& values : entries)
    builder.add_entry(Branch::people, "uid=e" + std::to_string(n++) + ",dc=ent,dc=test", "c",
                      values);
  for (const Branch branch : {Branch::people, Branch::structures, Branch::groups})
    builder.search_ended({branch, {}, 0, 0});
  return SnapshotBuilder::finish(std::move(builder)).value();
}

std::vector<std::string> values_of(const SnapshotEntry& entry, TargetAttribute attribute) {
  std::vector<std::string_view> views;
  entry.values_of(attribute, views);
  return {views.begin(), views.end()};
}

TEST(Snapshot, GivesTheValuesOfAnAttributeInTheOrderReceived) {
  const DirectorySnapshot snapshot = snapshot_of({{{1, "b"}, {1, "a"}, {4, "x"}}});
  EXPECT_THAT(values_of(snapshot.entry(0), 1), ElementsAre("b", "a"));
  EXPECT_EQ(snapshot.entry(0).first(1), "b");
  EXPECT_EQ(snapshot.entry(0).first(4), "x");
}

// RFC 4511 §4.5.2: each attribute once; a server that sends it in two pieces loses no value.
TEST(Snapshot, GivesAllValuesOfAnAttributeThatCameInPieces) {
  const DirectorySnapshot snapshot =
      snapshot_of({{{1, "b"}, {4, "x"}, {1, "a"}, {3, "y"}, {4, "z"}}, {{4, "x"}, {1, "b"}}});
  EXPECT_THAT(values_of(snapshot.entry(0), 1), ElementsAre("b", "a"));
  EXPECT_THAT(values_of(snapshot.entry(0), 4), ElementsAre("x", "z"));
  EXPECT_THAT(values_of(snapshot.entry(0), 3), ElementsAre("y"));
  EXPECT_EQ(snapshot.entry(0).value_count(), 5U);
  EXPECT_EQ(snapshot.entry(0).dn(), "uid=e0,dc=ent,dc=test");
  EXPECT_THAT(values_of(snapshot.entry(1), 1), ElementsAre("b"));
}

TEST(Snapshot, TellsApartAttributesThatShareABit) {
  const DirectorySnapshot snapshot = snapshot_of({{{2, "two"}, {66, "sixty-six"}}});
  EXPECT_THAT(values_of(snapshot.entry(0), 34), IsEmpty());
  EXPECT_EQ(snapshot.entry(0).first(34), "");
  EXPECT_EQ(snapshot.entry(0).first(66), "sixty-six");
  EXPECT_EQ(snapshot.entry(0).first(2), "two");
}

}  // namespace
}  // namespace entsync
