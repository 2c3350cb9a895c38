#include "request_tree.hpp"

#include <algorithm>

#include "request_places.hpp"

namespace entsync::aaf {

std::optional<Malformed> RequestTree::parse(const Request& request) {
  // White space between two pieces of one value matters only where a value can have several pieces.
  const unsigned flags =
      pugi::parse_cdata | pugi::parse_embed_pcdata | (request.plain ? 0U : pugi::parse_ws_pcdata);
  const pugi::xml_parse_result parsed = document_.load_buffer_inplace(
      request.text.data(), request.text.size(), flags, pugi::encoding_utf8);
  if (parsed.status == pugi::status_out_of_memory) throw std::bad_alloc();
  if (parsed) return std::nullopt;
  const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0));
  return Malformed{offset, RequestPlaces(request).line_of(offset), parsed.description()};
}

}  // namespace entsync::aaf
