#include "merkle.hpp"

#include <bit>

#include "digest/sha256.hpp"

namespace entsync {
namespace {

constexpr std::string_view leaf_domain("\0", 1);
constexpr std::string_view node_domain("\1", 1);

/// The largest power of two below `size` (> 1): where RFC 6962 divides a tree.
std::uint64_t divide(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

void add_path(std::uint64_t index, std::uint64_t first, std::uint64_t last,
              const SubtreeRoot& subtree, std::vector<TreeHash>& out) {
  if (last - first == 1) return;
  const std::uint64_t middle = first + divide(last - first);
  if (index < middle) {
    add_path(index, first, middle, subtree, out);
    out.push_back(subtree(middle, last));
  } else {
    add_path(index, middle, last, subtree, out);
    out.push_back(subtree(first, middle));
  }
}

/// SUBPROOF(from, D[first:last], whole).
void add_subproof(std::uint64_t from, std::uint64_t first, std::uint64_t last, bool whole,
                  const SubtreeRoot& subtree, std::vector<TreeHash>& out) {
  if (from == last) {
    if (!whole) out.push_back(subtree(first, last));
    return;
  }
  const std::uint64_t middle = first + divide(last - first);
  if (from <= middle) {
    add_subproof(from, first, middle, whole, subtree, out);
    out.push_back(subtree(middle, last));
  } else {
    add_subproof(from, middle, last, false, subtree, out);
    out.push_back(subtree(first, middle));
  }
}

}  // namespace

TreeHash TreeHasher::leaf(const ChainHash& record) {
  sha_.update(leaf_domain);
  sha_.update(bytes_of(record));
  return sha_.finish();
}

TreeHash TreeHasher::node(const TreeHash& left, const TreeHash& right) {
  sha_.update(node_domain);
  sha_.update(bytes_of(left));
  sha_.update(bytes_of(right));
  return sha_.finish();
}

std::optional<TreeHash> TreeFrontier::append(const ChainHash& record) {
  TreeHash root = hash_.leaf(record);
  std::optional<TreeHash> segment;
  std::uint64_t leaves = 1;  // below `root`
  // As when one is added to a binary number: every trailing one carries.
  for (; (size_ & leaves) != 0; leaves *= 2) {
    root = hash_.node(roots_.back(), root);
    roots_.pop_back();
    if (2 * leaves == segment_leaves) segment = root;
  }
  roots_.push_back(root);
  ++size_;
  return segment;
}

TreeHash TreeFrontier::root() {
  if (roots_.empty()) return hash_.nothing();
  TreeHash root = roots_.back();
  for (auto left = roots_.rbegin() + 1; left != roots_.rend(); ++left)
    root = hash_.node(*left, root);
  return root;
}

std::string TreeFrontier::bytes() const {
  std::string bytes;
  for (const TreeHash& root : roots_) bytes += bytes_of(root);
  return bytes;
}

std::optional<TreeFrontier> TreeFrontier::from(std::uint64_t size, std::string_view bytes) {
  TreeFrontier frontier;
  constexpr std::size_t length = sizeof(TreeHash);
  if (bytes.size() != static_cast<std::size_t>(std::popcount(size)) * length) return std::nullopt;
  frontier.size_ = size;
  for (; !bytes.empty(); bytes.remove_prefix(length))
    frontier.roots_.push_back(*chain_hash_from(bytes.substr(0, length)));
  return frontier;
}

std::vector<TreeHash> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                      const SubtreeRoot& subtree) {
  std::vector<TreeHash> proof;
  add_path(index, 0, size, subtree, proof);
  return proof;
}

std::vector<TreeHash> consistency_proof(std::uint64_t from, std::uint64_t size,
                                        const SubtreeRoot& subtree) {
  std::vector<TreeHash> proof;
  add_subproof(from, 0, size, true, subtree, proof);
  return proof;
}

bool proves_inclusion(const TreeHash& leaf, std::uint64_t index, std::uint64_t size,
                      const TreeHash& root, const std::vector<TreeHash>& proof) {
  if (index >= size) return false;
  TreeHasher hash;
  std::uint64_t at = index;
  std::uint64_t last = size - 1;
  TreeHash node = leaf;
  for (const TreeHash& other : proof) {
    if (last == 0) return false;
    if ((at & 1U) != 0 || at == last) {
      node = hash.node(other, node);
      // A node without a right neighbour rises unchanged.
      while ((at & 1U) == 0 && at != 0) {
        at >>= 1U;
        last >>= 1U;
      }
    } else {
      node = hash.node(node, other);
    }
    at >>= 1U;
    last >>= 1U;
  }
  return last == 0 && node == root;
}

bool proves_consistency(std::uint64_t from, const TreeHash& from_root, std::uint64_t size,
                        const TreeHash& root, const std::vector<TreeHash>& proof) {
  if (from == 0 || from > size) return false;
  if (from == size) return proof.empty() && from_root == root;
  auto next = proof.begin();
  // The earlier tree is a subtree of the later one when it is perfect: its root is known then.
  if (!std::has_single_bit(from) && next == proof.end()) return false;
  const TreeHash seed = std::has_single_bit(from) ? from_root : *next++;
  TreeHasher hash;
  TreeHash earlier = seed;
  TreeHash later = seed;
  std::uint64_t at = from - 1;
  std::uint64_t last = size - 1;
  while ((at & 1U) != 0) {
    at >>= 1U;
    last >>= 1U;
  }
  for (; next != proof.end(); ++next) {
    if (last == 0) return false;
    if ((at & 1U) != 0 || at == last) {
      earlier = hash.node(*next, earlier);
      later = hash.node(*next, later);
      while ((at & 1U) == 0 && at != 0) {
        at >>= 1U;
        last >>= 1U;
      }
    } else {
      later = hash.node(later, *next);
    }
    at >>= 1U;
    last >>= 1U;
  }
  return last == 0 && earlier == from_root && later == root;
}

}  // namespace entsync
