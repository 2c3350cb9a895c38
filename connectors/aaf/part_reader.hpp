#pragma once
/// Reads single records of a delivery that lies unpacked in a folder and was read whole before, by
/// the places that an index keeps. A record is parsed as in the whole file – the same encoding, the
/// same checks, the same positions – and nothing is believed of a file that is not the very one
/// that was read: device, inode, size and both times are compared before and after.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/complet_index.hpp"
#include "delivery.hpp"

namespace entsync::aaf {

/// One file of the delivery as the index knows it, in the order of Feed::files().
struct PartFile {
  std::filesystem::path path;
  std::string stamp;       ///< of stamp_of()
  std::uint64_t head = 0;  ///< where its first usable record starts
};

struct PartRequest {
  std::span<const PartFile> files;
  std::vector<RecordPlace> places;
  const Vocabulary& vocabulary;
  std::array<std::vector<FeedAttribute>, 4> required;
  ReadLimits limits;
};

/// What of a regular file changes whenever its content may have: also the time of its last change,
/// which nobody can set. Empty when it cannot be told.
std::string stamp_of(const std::filesystem::path& path);
/// Whether a file was last changed before a moment (nanoseconds since 1970) and is `bytes` long.
bool is_older(const std::filesystem::path& path, std::int64_t moment_ns, std::uint64_t bytes);

/// Adds the records to `outline`, in the order of the files. AAF-067 when one of the files, or what
/// stands at a place, is not what was read.
[[nodiscard]] Result<Feed> read_records(Feed&& outline, PartRequest request);

}  // namespace entsync::aaf
