#include <algorithm>
#include <array>
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

bool says_delta(const std::string& name) {
  return std::ranges::any_of(std::array{"Delta", "delta", "DELTA"}, [&](const char* word) {
    return name.find(word) != std::string::npos;
  });
}

/// By the names of its files; a directory that mixes both is no delivery, which its reader says.
bool holds_deltas(const fs::path& directory) {
  const auto is_delta = [](const Listing& listing) {
    return std::ranges::any_of(listing.files, [](const fs::path& file) {
      const auto name = parse_file_name(file.filename().string());
      return name && name->kind == DeliveryKind::delta;
    });
  };
  const Listing listing = list(directory);
  return is_delta(listing) || std::ranges::any_of(listing.directories, [&](const fs::path& d) {
           return is_delta(list(d));
         });
}

struct Candidate {
  fs::path path;
  Date date;
};

struct Candidates {
  std::vector<Candidate> complets;  ///< oldest first
  std::vector<Candidate> deltas;    ///< oldest first
};

Candidates candidates(const Listing& listing) {
  Candidates found;
  for (const fs::path& file : listing.files) {
    const std::string name = file.filename().string();
    const auto date = date_in(name);
    if (date && is_archive_name(name))
      (says_delta(name) ? found.deltas : found.complets).push_back({file, *date});
  }
  for (const fs::path& directory : listing.directories) {
    const auto date = date_in(directory.filename().string());
    if (date && holds_delivery(directory))
      (holds_deltas(directory) ? found.deltas : found.complets).push_back({directory, *date});
  }
  for (std::vector<Candidate>* list : {&found.complets, &found.deltas})
    std::ranges::sort(*list, [](const Candidate& a, const Candidate& b) {
      return a.date != b.date ? a.date < b.date : a.path < b.path;
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

Problems two_of_a_day(const Candidate& first, const Candidate& second) {
  return refusal("AAF-028", second.path,
                 "two deliveries are of " + first.date.iso() + ": this one and " +
                     first.path.filename().string(),
                 "remove the one that does not count, or configure the path of the other");
}

/// The newest Complet, and what follows it.
Result<FoundDelivery> newest(Candidates found) {
  if (found.complets.empty())
    return refusal("AAF-080", found.deltas.front().path,
                   "this is a Delta, and there is no Complet that it follows",
                   "deliver a Complet first");
  const Candidate& complet = found.complets.back();
  if (found.complets.size() > 1) {
    const Candidate& before = found.complets[found.complets.size() - 2];
    if (before.date == complet.date) return two_of_a_day(before, complet);
  }
  FoundDelivery delivery{complet.path};
  std::erase_if(found.deltas, [&](const Candidate& delta) { return delta.date <= complet.date; });
  for (std::size_t i = 0; i < found.deltas.size(); ++i) {
    if (i > 0 && found.deltas[i - 1].date == found.deltas[i].date)
      return two_of_a_day(found.deltas[i - 1], found.deltas[i]);
    delivery.deltas.push_back(found.deltas[i].path);
  }
  return delivery;
}

}  // namespace

Result<FoundDelivery> find_delivery(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_regular_file(status)) return FoundDelivery{path};
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
  if (has_aaf_file(listing)) return FoundDelivery{path};
  Candidates found = candidates(listing);
  if (!found.complets.empty() || !found.deltas.empty()) return newest(std::move(found));
  // No dates: the directories are parts of one delivery, such as one for each académie.
  if (holds_delivery(path)) return FoundDelivery{path};
  return refusal("AAF-045", path, "the folder holds no AAF delivery yet",
                 "check that the académie's transfer arrives here, and its name bears a date "
                 "(ENT1DVA.<yyyymmdd>.tgz)");
}

}  // namespace entsync::aaf
