#include "delivery.hpp"

#include "delivery_reader.hpp"
#include "entry_path.hpp"
#include "source.hpp"

namespace entsync::aaf {

Result<std::string> clean_folder(const std::filesystem::path& path, const std::string& folder,
                                 const std::string& academie) {
  if (folder.empty()) return std::string{};
  auto clean = clean_entry_path(folder);
  if (clean) return std::move(*clean);
  return Problems(
      {Severity::error,
       "AAF-029",
       {path.string(), 0, academie},
       "the configured folder '" + printable(folder) + "' is not a path inside the delivery",
       "name a folder of the delivery, without '..' and without a leading '/'"});
}

Result<Feed> read_delivery(const ReadRequest& request) {
  auto folder = clean_folder(request.path, request.folder, request.academie);
  if (!folder) return folder.error();
  auto source = open_source(request.path, *folder, request.limits);
  if (!source) return source.error();
  return DeliveryReader(request, std::move(*folder)).read(**source);
}

}  // namespace entsync::aaf
