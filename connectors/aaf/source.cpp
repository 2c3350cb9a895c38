#include "source.hpp"

#include "archive_source.hpp"
#include "folder_source.hpp"

namespace entsync::aaf {

Result<std::unique_ptr<Source>> open_source(const std::filesystem::path& path,
                                            std::string_view folder, const ReadLimits& limits) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) return FolderSource::open(path, folder, limits);
  if (std::filesystem::is_regular_file(status)) return ArchiveSource::open(path, limits);
  const std::string what = status.type() == std::filesystem::file_type::not_found
                               ? "there is no such file or folder"
                           : error ? "cannot be read: " + error.message()
                                   : "is neither a file nor a folder";
  return Problems({Severity::error,
                   "AAF-001",
                   {path.string(), 0, {}},
                   what,
                   "check the path and the rights of the service account"});
}

Result<std::unique_ptr<Source>> open_archive_bytes(std::string_view bytes,
                                                   const ReadLimits& limits) {
  return ArchiveSource::open(bytes, limits);
}

}  // namespace entsync::aaf
