#include "delivery_marks.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "connectors/aaf/part_reader.hpp"
#include "planning.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

/// When names came into a folder or left it; empty when it is none.
std::string folder_stamp(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return {};
  return std::to_string(status.st_ino) + " " + std::to_string(status.st_mtim.tv_sec) + " " +
         std::to_string(status.st_mtim.tv_nsec);
}

/// The folder in which a delivery's files lie: `root` or one below it.
std::optional<fs::path> folder_of(const fs::path& root, const Feed& feed) {
  const auto has_all = [&](const fs::path& folder) {
    return std::ranges::all_of(feed.files(), [&](const SourceFile& file) {
      std::error_code error;
      return fs::is_regular_file(folder / file.name, error);
    });
  };
  if (has_all(root)) return root;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, error))
    if (entry.is_directory(error) && has_all(entry.path())) return entry.path();
  return std::nullopt;
}

std::string folders_stamp(const std::string& root, const std::string& folder) {
  const std::string outer = folder_stamp(root);
  const std::string inner = folder_stamp(folder);
  return outer.empty() || inner.empty() ? std::string{} : outer + ", " + inner;
}

/// Where the first usable record of each file starts.
std::vector<std::uint64_t> heads_of(const Feed& feed) {
  std::vector<std::uint64_t> heads;
  for (const SourceFile& file : feed.files()) heads.push_back(file.bytes);
  for (const Category category : all_categories)
    for (const FeedRecord& record : feed.records(category)) {
      const SourcePosition position = record.position();
      heads[position.file] = std::min(heads[position.file], position.offset);
    }
  return heads;
}

}  // namespace

std::optional<IndexedDelivery> mark(const Delivery& delivery, const std::string& folder,
                                    std::int64_t began_ns) {
  if (!delivery.deltas.empty()) return std::nullopt;
  const Feed& feed = delivery.feed.feed();
  const fs::path root = folder.empty() ? delivery.path : delivery.path / folder;
  const auto place = folder_of(root, feed);
  if (!place) return std::nullopt;
  IndexedDelivery marked;
  marked.academie = feed.academie();
  marked.path = delivery.path.string();
  marked.folder = place->string();
  marked.digest = delivery_digest(feed.files(), feed.academie());
  marked.stamp = folders_stamp(marked.path, marked.folder);
  const std::vector<std::uint64_t> heads = heads_of(feed);
  for (std::size_t i = 0; i < feed.files().size(); ++i) {
    const SourceFile& file = feed.files()[i];
    const fs::path path = *place / file.name;
    if (!aaf::is_older(path, began_ns, file.bytes)) return std::nullopt;
    marked.files.push_back({path.string(), aaf::stamp_of(path), heads[i]});
  }
  return marked;
}

bool is_unchanged(const IndexedDelivery& delivery) {
  return !delivery.stamp.empty() &&
         folders_stamp(delivery.path, delivery.folder) == delivery.stamp &&
         std::ranges::all_of(delivery.files, [](const IndexedDelivery::File& file) {
           return !file.stamp.empty() && aaf::stamp_of(file.path) == file.stamp;
         });
}

}  // namespace entsync
