#include <algorithm>
#include <optional>
#include <vector>

#include "delivery.hpp"

namespace entsync::aaf {
namespace {

namespace fs = std::filesystem;

/// The first eight digits in a row that are a day: `ENT1DVA.20250915.tgz`.
std::optional<Date> date_in(std::string_view name) {
  constexpr std::size_t length = 8;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 0; at + length <= name.size(); ++at) {
    const std::size_t end =
        std::find_if_not(name.begin() + static_cast<std::ptrdiff_t>(at), name.end(), is_digit) -
        name.begin();
    if (end - at == length)
      if (const auto date = Date::from_compact(name.substr(at, length))) return date;
    at = std::max(at, end);
  }
  return std::nullopt;
}

bool is_archive_name(std::string_view name) {
  return name.ends_with(".tgz") || name.ends_with(".tar.gz") || name.ends_with(".zip");
}

/// What lies in a directory, without following links; entries that cannot be looked at are left
/// out.
struct Listing {
  std::vector<fs::path> files;
  std::vector<fs::path> directories;
  std::error_code error;
};

Listing list(const fs::path& directory) {
  Listing listing;
  fs::directory_iterator entry(directory, listing.error);
  for (; !listing.error && entry != fs::directory_iterator(); entry.increment(listing.error)) {
    std::error_code unknown;
    const auto type = entry->symlink_status(unknown).type();
    if (type == fs::file_type::regular) listing.files.push_back(entry->path());
    if (type == fs::file_type::directory) listing.directories.push_back(entry->path());
  }
  return listing;
}

bool has_aaf_file(const Listing& listing) {
  return std::ranges::any_of(listing.files, [](const fs::path& file) {
    return parse_file_name(file.filename().string()).has_value();
  });
}

bool holds_delivery(const fs::path& directory) {
  const Listing listing = list(directory);
  return has_aaf_file(listing) || std::ranges::any_of(listing.directories, [](const fs::path& d) {
           return has_aaf_file(list(d));
         });
}

struct Candidate {
  fs::path path;
  Date date;
  bool delta = false;
  [[nodiscard]] bool same_day(const Candidate& other) const {
    return date == other.date && delta == other.delta;
  }
};

std::vector<Candidate> candidates(const Listing& listing) {
  std::vector<Candidate> found;
  const auto consider = [&found](const fs::path& path) {
    const std::string name = path.filename().string();
    if (const auto date = date_in(name))
      found.push_back({path, *date, name.find("Delta") != std::string::npos});
  };
  for (const fs::path& file : listing.files)
    if (is_archive_name(file.filename().string())) consider(file);
  for (const fs::path& directory : listing.directories)
    if (date_in(directory.filename().string()) && holds_delivery(directory)) consider(directory);
  // Newest first; on one day the Complet first.
  std::ranges::sort(found, [](const Candidate& a, const Candidate& b) {
    if (a.date != b.date) return a.date > b.date;
    if (a.delta != b.delta) return b.delta;
    return a.path < b.path;
  });
  return found;
}

Problems refusal(std::string code, const fs::path& path, std::string what, std::string remedy) {
  return Problems({Severity::error,
                   std::move(code),
                   {path.string(), 0, {}},
                   std::move(what),
                   std::move(remedy)});
}

}  // namespace

Result<fs::path> find_delivery(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_regular_file(status)) return path;
  if (!fs::is_directory(status))
    return refusal("AAF-001", path,
                   status.type() == fs::file_type::not_found ? "there is no such file or folder"
                   : error                                   ? "cannot be read: " + error.message()
                                                             : "is neither a file nor a folder",
                   "check the path and the rights of the service account");
  const Listing listing = list(path);
  if (listing.error)
    return refusal("AAF-001", path, "cannot be read: " + listing.error.message(),
                   "check the path and the rights of the service account");
  if (has_aaf_file(listing)) return path;
  const std::vector<Candidate> found = candidates(listing);
  if (found.size() > 1 && found[0].same_day(found[1]))
    return refusal("AAF-028", found[1].path,
                   "two deliveries are of " + found[0].date.iso() + ": this one and " +
                       found[0].path.filename().string(),
                   "remove the one that does not count, or configure the path of the other");
  if (!found.empty()) return found.front().path;
  // No dates: the directories are parts of one delivery, such as one for each académie.
  if (holds_delivery(path)) return path;
  return refusal("AAF-045", path, "the folder holds no AAF delivery yet",
                 "check that the académie's transfer arrives here, and its name bears a date "
                 "(ENT1DVA.<yyyymmdd>.tgz)");
}

}  // namespace entsync::aaf
