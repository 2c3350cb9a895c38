#pragma once
/// Reads one académie's AAF delivery – a `.tgz`, `.tar.gz` or `.zip` archive, or a plain directory
/// – into a Feed. Entries may lie at the root or one directory down; parts come in any order and
/// files are recognised by the suffix of their name only. Memory is bounded by the largest record,
/// not by the file, besides the Feed itself. Nothing of a delivery is trusted: a damaged,
/// oversized, escaping or malformed one is refused whole with a message that names file, line and
/// remedy; a record that cannot be used is rejected alone. Refusals are values; only memory running
/// out, our own bugs and what `progress` throws are exceptions.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/feed.hpp"

namespace entsync::aaf {

/// Bounds on what a delivery may contain; generous for an académie, narrow for an attack.
struct ReadLimits {
  std::uint64_t record_bytes = std::uint64_t{4} << 20U;  ///< one add/modify/deleteRequest
  std::uint64_t entry_bytes = std::uint64_t{8} << 30U;   ///< one file, uncompressed
  std::uint64_t total_bytes = std::uint64_t{64} << 30U;  ///< all of them
  std::size_t entries = 10'000;                          ///< files and directories
  std::size_t rejected_records = 100'000;                ///< more: the delivery is refused
};

struct ReadRequest {
  std::filesystem::path path;
  /// Only entries below this directory of the archive or folder belong to the académie; empty: all,
  /// and then all must lie in one directory.
  std::string folder;
  std::string academie;  ///< source name, e.g. "AC-TOULOUSE"
  const Vocabulary& vocabulary;
  /// Attributes without which an addRequest of a category is rejected, and which a modifyRequest
  /// may not empty.
  std::array<std::vector<FeedAttribute>, 4> required;
  ReadLimits limits;
  /// Called about every 256 KiB with the XML bytes read so far; may throw to cancel.
  std::function<void(std::uint64_t bytes)> progress;
};

/// The delivery as a Feed (files with digest, records, rejected records, dropped attributes
/// counted), or the reasons to refuse it. Kind and date come from the file names, which must agree.
///
/// In a Complet only addRequests are usable: any other request leaves its person unknown
/// (RejectedRecord), and so do two records with one identifier that contradict each other. A record
/// that contradicts itself – category against file, identifier against jointure – yields two
/// RejectedRecords, because either object may be meant. The jointure attribute is compared with the
/// identifier; it is not among Feed::dropped() when the Vocabulary lacks it.
[[nodiscard]] Result<Feed> read_delivery(const ReadRequest& request);

/// ReadRequest::folder as a clean path; AAF-029 when it is none.
[[nodiscard]] Result<std::string> clean_folder(const std::filesystem::path& path,
                                               const std::string& folder,
                                               const std::string& academie);

/// A Complet and the Deltas behind it, in the order of their days.
struct FoundDelivery {
  std::filesystem::path complet;
  std::vector<std::filesystem::path> deltas{};
};

/// What `path` offers: itself when it is an archive or a directory with AAF files, else, by the
/// dates in the names inside, the newest Complet and all Deltas of later days. A Delta is told from
/// a Complet by the word in the name of an archive, by the names of the files of a directory. What
/// is older than that Complet, or of its day, counts no more. Directories without a date in their
/// names, such as one for each académie, are parts of one delivery: then `path` is it. Two
/// deliveries of one date and kind are refused, for nothing tells which one counts (AAF-028), and
/// so are Deltas without a Complet (AAF-080).
[[nodiscard]] Result<FoundDelivery> find_delivery(const std::filesystem::path& path);

/// Where a file name says it belongs: `…_<Complet|Delta>_<yyyymmdd>_<Category>_<NNNN>.xml`.
struct FileName {
  DeliveryKind kind;
  Date date;
  Category category;
  unsigned part;
};
/// Nothing for any other name, hidden files included. Parts have four to nine digits.
std::optional<FileName> parse_file_name(std::string_view name);

}  // namespace entsync::aaf
