#include "journal/merkle.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "digest/sha256.hpp"

namespace entsync {
namespace {

ChainHash record(std::uint64_t n) {
  Sha256 sha;
  sha.update(std::to_string(n));
  return sha.finish();
}

/// MTH(D[first:last]) as RFC 6962 §2.1 defines it, word for word.
TreeHash defined(std::uint64_t first, std::uint64_t last) {
  TreeHasher hash;
  if (first == last) return hash.nothing();
  if (last - first == 1) return hash.leaf(record(first));
  const std::uint64_t middle = first + std::bit_floor(last - first - 1);
  return hash.node(defined(first, middle), defined(middle, last));
}

TreeFrontier frontier_of(std::uint64_t size) {
  TreeFrontier frontier;
  for (std::uint64_t n = 0; n < size; ++n) frontier.append(record(n));
  return frontier;
}

constexpr std::uint64_t most = 70;

/// https://www.rfc-editor.org/rfc/rfc6962#section-2.1: of the empty list, the hash of nothing.
TEST(Merkle, TheEmptyTreeIsTheHashOfNothing) {
  EXPECT_EQ(hexadecimal(TreeFrontier().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Merkle, ALeafAndANodeOfEqualBytesDiffer) {
  TreeHasher hash;
  Sha256 sha;
  sha.update(std::string_view("\0", 1));
  sha.update(bytes_of(record(1)));
  EXPECT_EQ(hash.leaf(record(1)), sha.finish());
  sha.update("\1");
  sha.update(bytes_of(record(1)));
  sha.update(bytes_of(record(2)));
  EXPECT_EQ(hash.node(record(1), record(2)), sha.finish());
}

TEST(Merkle, AFrontierHasTheRootThatTheDefinitionGives) {
  TreeFrontier frontier;
  for (std::uint64_t size = 1; size <= most; ++size) {
    frontier.append(record(size - 1));
    EXPECT_EQ(frontier.root(), defined(0, size)) << size;
  }
}

TEST(Merkle, AFrontierGoesOnFromItsBytes) {
  for (std::uint64_t size = 0; size < most; ++size) {
    auto again = TreeFrontier::from(size, frontier_of(size).bytes());
    ASSERT_TRUE(again) << size;
    again->append(record(size));
    EXPECT_EQ(again->root(), defined(0, size + 1)) << size;
    EXPECT_FALSE(TreeFrontier::from(size, frontier_of(size).bytes() + "x"));
  }
}

TEST(Merkle, AFrontierTellsTheRootsOfSegments) {
  TreeFrontier frontier;
  int segments = 0;
  for (std::uint64_t n = 0; n < 2 * segment_leaves + 5; ++n) {
    const auto segment = frontier.append(record(n));
    EXPECT_EQ(segment.has_value(), (n + 1) % segment_leaves == 0);
    if (!segment) continue;
    EXPECT_EQ(*segment, defined(n + 1 - segment_leaves, n + 1));
    ++segments;
  }
  EXPECT_EQ(segments, 2);
}

TEST(Merkle, InclusionIsProvedForEveryLeafAndForNoOther) {
  for (std::uint64_t size = 1; size <= most; ++size)
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, defined);
      const TreeHash root = defined(0, size);
      const TreeHash leaf = defined(index, index + 1);
      EXPECT_TRUE(proves_inclusion(leaf, index, size, root, proof)) << index << " of " << size;
      EXPECT_FALSE(proves_inclusion(record(index), index, size, root, proof));
      EXPECT_FALSE(proves_inclusion(leaf, index, size + 1, root, proof) && size > 1 &&
                   defined(0, size + 1) == root);
      if (size > 1) {
        EXPECT_FALSE(proves_inclusion(leaf, (index + 1) % size, size, root, proof));
        auto wrong = proof;
        wrong[index % wrong.size()][0] ^= 1U;
        EXPECT_FALSE(proves_inclusion(leaf, index, size, root, wrong));
        wrong = proof;
        wrong.pop_back();
        EXPECT_FALSE(proves_inclusion(leaf, index, size, root, wrong));
      }
      auto longer = proof;
      longer.push_back(root);
      EXPECT_FALSE(proves_inclusion(leaf, index, size, root, longer));
      EXPECT_FALSE(proves_inclusion(leaf, size, size, root, proof));
    }
}

TEST(Merkle, ConsistencyIsProvedForEveryPairAndForNoOther) {
  for (std::uint64_t size = 1; size <= most; ++size)
    for (std::uint64_t from = 1; from <= size; ++from) {
      const auto proof = consistency_proof(from, size, defined);
      const TreeHash earlier = defined(0, from);
      const TreeHash later = defined(0, size);
      EXPECT_TRUE(proves_consistency(from, earlier, size, later, proof)) << from << " " << size;
      EXPECT_FALSE(proves_consistency(from, record(0), size, later, proof));
      EXPECT_FALSE(proves_consistency(from, earlier, size, record(0), proof));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto wrong = proof;
        wrong[i][0] ^= 1U;
        EXPECT_FALSE(proves_consistency(from, earlier, size, later, wrong));
      }
      auto longer = proof;
      longer.push_back(earlier);
      EXPECT_FALSE(proves_consistency(from, earlier, size, later, longer));
      EXPECT_FALSE(proves_consistency(0, earlier, size, later, proof));
    }
}

}  // namespace
}  // namespace entsync
