#include "delivery_reader.hpp"

#include <algorithm>

#include "entry_path.hpp"
#include "file_reader.hpp"

namespace entsync::aaf {
namespace {

/// What transfer programs call a file that is not complete: `x.xml.part` and rsync's
/// `.x.xml.a1B2c3`.
bool is_unfinished(std::string_view name) {
  for (const std::string_view suffix : {".part", ".filepart", ".partial", ".tmp", ".crdownload"})
    if (name.ends_with(suffix))
      return parse_file_name(name.substr(0, name.size() - suffix.size())).has_value();
  constexpr std::size_t rsync_suffix = 7;
  return name.starts_with('.') && name.size() > rsync_suffix + 1 &&
         name[name.size() - rsync_suffix] == '.' &&
         parse_file_name(name.substr(1, name.size() - rsync_suffix - 1)).has_value();
}

std::string_view kind_name(DeliveryKind kind) {
  return kind == DeliveryKind::complet ? "Complet" : "Delta";
}

std::string place_name(std::string_view directory) {
  return directory.empty() ? "the top" : "'" + printable(directory) + "'";
}

}  // namespace

DeliveryReader::DeliveryReader(const ReadRequest& request, std::string folder)
    : request_(request),
      folder_(std::move(folder)),
      records_(request.vocabulary, request.required) {}

Problem DeliveryReader::problem(std::string code, std::string file, std::string what,
                                std::string remedy) const {
  return {Severity::error,
          std::move(code),
          {std::move(file), 0, request_.academie},
          std::move(what),
          std::move(remedy)};
}

Result<Feed> DeliveryReader::read(Source& source) {
  for (;;) {
    auto entry = source.next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if (auto refusal = take(source, **entry))
      return Problems(root_cause(source, std::move(*refusal)));
  }
  if (!feed_) return Problems(nothing_found());
  if (feed_->kind() == DeliveryKind::complet) feed_->reject_duplicates();
  if (feed_->rejected().size() > request_.limits.rejected_records)
    return Problems(problem("AAF-044", request_.path.string(),
                            "more than " + std::to_string(request_.limits.rejected_records) +
                                " records of the delivery had to be rejected",
                            "the export is wrong as a whole; have the académie check it"));
  return std::move(*feed_);
}

/// Broken XML is often the sign of a damaged archive or of a transfer that goes on, which only the
/// end of the source tells: then that is the problem to report.
Problem DeliveryReader::root_cause(Source& source, Problem refusal) const {
  for (;;) {
    const auto bytes = source.read();
    if (!bytes) return bytes.error().list.front();
    if (request_.progress) request_.progress(feed_ ? feed_->bytes : 0);
    if (!bytes->empty()) continue;
    const auto entry = source.next();
    if (!entry) return entry.error().list.front();
    if (!*entry) return refusal;
  }
}

Problem DeliveryReader::nothing_found() const {
  if (!folder_.empty())
    return problem("AAF-017", request_.path.string(),
                   "the delivery holds no AAF file below '" + printable(folder_) + "'",
                   "check the folder that is configured for this académie");
  return problem("AAF-011", request_.path.string(),
                 "the delivery holds no AAF file (…_Complet_<yyyymmdd>_<Category>_<NNNN>.xml)",
                 "check that this is an AAF delivery");
}

/// One entry: read when it is an AAF file of this académie.
std::optional<Problem> DeliveryReader::take(Source& source, const std::string& entry) {
  const auto path = below(entry, folder_);
  if (!path) return std::nullopt;
  const std::string name(split_path(*path).name);
  if (is_unfinished(name))
    return problem("AAF-018", name,
                   "the delivery holds an AAF file that is still being transferred",
                   "wait for the end of the transfer, or remove what is left of a broken one");
  const auto file = parse_file_name(name);
  if (!file) return std::nullopt;
  if (auto refusal = place(*path, *file)) return refusal;
  return read_file(source, name, file->category);
}

/// Whether the file belongs together with those before it. `path` is relative to the folder.
std::optional<Problem> DeliveryReader::place(std::string_view path, const FileName& file) {
  const PathParts parts = split_path(path);
  const std::string name(parts.name);
  if (parts.directory.find('/') != std::string_view::npos)
    return problem("AAF-027", name,
                   "an AAF file lies more than one directory below the top (" +
                       place_name(parts.directory) + ")",
                   "pack the files at the top, or configure the folder of this académie");
  if (!feed_) {
    feed_.emplace(request_.academie, file.kind, file.date);
    directory_ = parts.directory;
  }
  if (parts.directory != directory_)
    return problem(
        "AAF-012", name,
        "AAF files lie in " + place_name(directory_) + " and in " + place_name(parts.directory),
        "configure the folder that belongs to this académie");
  if (file.date != feed_->date())
    return problem("AAF-013", name,
                   "the file is of " + file.date.iso() + ", others of the delivery are of " +
                       feed_->date().iso(),
                   "remove the files of the other date; parts of two exports are no delivery");
  if (file.kind != feed_->kind())
    return problem("AAF-014", name,
                   "the file is a " + std::string(kind_name(file.kind)) +
                       ", others of the delivery are a " + std::string(kind_name(feed_->kind())),
                   "deliver Complet and Delta apart");
  if (!parts_.emplace(file.category, file.part).second)
    return problem("AAF-015", name,
                   "part " + std::to_string(file.part) + " of " +
                       std::string(to_string(file.category)) + " is in the delivery twice",
                   "remove the wrong one; 1D and 2D exports are two deliveries");
  return std::nullopt;
}

std::optional<Problem> DeliveryReader::read_file(Source& source, const std::string& name,
                                                 Category category) {
  FileReader reader(*feed_, records_, request_.limits, name, category);
  for (;;) {
    auto bytes = source.read();
    if (!bytes) return std::move(bytes.error().list.front());
    if (bytes->empty()) break;
    if (auto refusal = reader.feed(*bytes)) return refusal;
    if (request_.progress) request_.progress(feed_->bytes);
  }
  return reader.finish();
}

}  // namespace entsync::aaf
