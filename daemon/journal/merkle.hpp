#pragma once
/// The Merkle tree over the journal, as RFC 6962 §2.1 builds it: leaf n is the chain hash of record
/// n+1, so a leaf commits to everything before it and costs one block of SHA-256. A root stands for
/// all records up to a number in 32 bytes; an inclusion proof shows with some twenty hashes that
/// one record is among them, a consistency proof that a later tree only continues an earlier one.
/// Pure functions: where leaves come from is the caller's matter.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chain.hpp"
#include "digest/sha256.hpp"

namespace entsync {

/// 32 bytes: SHA-256 of a leaf, a node or a whole tree.
using TreeHash = ChainHash;

/// Holds a digest context, so that a hash costs no set-up; not for two threads at once.
class TreeHasher {
 public:
  /// SHA-256(0x00 ‖ chain hash).
  TreeHash leaf(const ChainHash& record);
  /// SHA-256(0x01 ‖ left ‖ right).
  TreeHash node(const TreeHash& left, const TreeHash& right);
  /// Of the tree without leaves: SHA-256 of nothing.
  TreeHash nothing() { return sha_.finish(); }

 private:
  Sha256 sha_;
};

/// Leaves of one segment: a perfect subtree whose root is kept, so that proofs need not read
/// everything. A power of two.
inline constexpr std::uint64_t segment_leaves = std::uint64_t{1} << 16U;

/// The roots of the perfect subtrees that a growing tree is made of, largest first: all that is
/// needed to append to it, at most 64 hashes.
class TreeFrontier {
 public:
  /// Takes the next record; gives the root of the segment that it completes.
  std::optional<TreeHash> append(const ChainHash& record);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] TreeHash root();

  /// The hashes one after the other.
  [[nodiscard]] std::string bytes() const;
  /// Nothing when the bytes are not those of a tree of this size.
  static std::optional<TreeFrontier> from(std::uint64_t size, std::string_view bytes);

 private:
  TreeHasher hash_;
  std::uint64_t size_ = 0;
  std::vector<TreeHash> roots_;
};

/// Root of the subtree over the leaves from `first` up to, but not including, `last`.
using SubtreeRoot = std::function<TreeHash(std::uint64_t first, std::uint64_t last)>;

/// PATH(m, D[n]) of RFC 6962 §2.1.1; `index` < `size`.
std::vector<TreeHash> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                      const SubtreeRoot& subtree);
/// PROOF(m, D[n]) of RFC 6962 §2.1.2; 0 < `from` <= `size`.
std::vector<TreeHash> consistency_proof(std::uint64_t from, std::uint64_t size,
                                        const SubtreeRoot& subtree);

/// Whether `leaf` is number `index` of the tree with this size and root (RFC 9162 §2.1.3.2).
bool proves_inclusion(const TreeHash& leaf, std::uint64_t index, std::uint64_t size,
                      const TreeHash& root, const std::vector<TreeHash>& proof);
/// Whether the tree of `size` leaves begins with the one of `from` leaves (RFC 9162 §2.1.4.2).
bool proves_consistency(std::uint64_t from, const TreeHash& from_root, std::uint64_t size,
                        const TreeHash& root, const std::vector<TreeHash>& proof);

}  // namespace entsync
