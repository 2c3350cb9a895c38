#pragma once
/// Writes the deliveries of all académies, and the registry of enrolled schools, below one
/// directory: DIR/AC-X/ENTOCC_X_Complet_<date>_<Category>_<NNNN>.xml, or one archive
/// DIR/AC-X/ENT1DVA.<date>.tgz; of Deltas …_Delta_… and ENT1DVA.<date>.Delta.tgz.

#include <filesystem>

#include "world.hpp"

namespace generator {

struct DeliveryCounts {
  std::uint64_t structures = 0;
  std::uint64_t eleves = 0;
  std::uint64_t responsables = 0;
  std::uint64_t personnels = 0;
  std::uint64_t bytes = 0;
};

/// One part of each category in memory at a time. Throws std::runtime_error.
DeliveryCounts write_deliveries(const World& world, const std::filesystem::path& directory,
                                const Names& names);
/// What became of `before`, the same region on an earlier day. Counts are of requests; one category
/// of an académie in memory at a time.
DeliveryCounts write_deltas(const World& before, const World& world,
                            const std::filesystem::path& directory, const Names& names);

}  // namespace generator
