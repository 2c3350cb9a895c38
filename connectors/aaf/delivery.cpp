#include "delivery.hpp"

#include "delivery_reader.hpp"
#include "entry_path.hpp"
#include "source.hpp"

namespace entsync::aaf {

Result<Feed> read_delivery(const ReadRequest& request) {
  std::string folder;
  if (!request.folder.empty()) {
    auto clean = clean_entry_path(request.folder);
    if (!clean)
      return Problems({Severity::error,
                       "AAF-029",
                       {request.path.string(), 0, request.academie},
                       "the configured folder '" + printable(request.folder) +
                           "' is not a path inside the delivery",
                       "name a folder of the delivery, without '..' and without a leading '/'"});
    folder = std::move(*clean);
  }
  auto source = open_source(request.path, folder, request.limits);
  if (!source) return source.error();
  return DeliveryReader(request, std::move(folder)).read(**source);
}

}  // namespace entsync::aaf
