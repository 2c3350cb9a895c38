#pragma once
/// References in XML text: the five of XML, numeric ones, and – because real deliveries hold them
/// although the DTD lacks them – the named ones of HTML 4 (aaf-format §1.4).

#include <cstdint>
#include <optional>
#include <string_view>

namespace entsync::aaf {

enum class TextFault : std::uint8_t {
  none,
  unknown_entity,  ///< a name that neither XML nor HTML 4 defines
  malformed,       ///< `&` without a name and `;`
  forbidden,       ///< a code point that XML 1.0 does not allow, such as &#0;
};

/// The character that `name` of `&name;` stands for.
std::optional<char32_t> named_entity(std::string_view name);

struct Reference {
  char32_t value = 0;
  TextFault fault = TextFault::none;
};
/// What `inside` of `&inside;` stands for.
Reference decode_reference(std::string_view inside);

}  // namespace entsync::aaf
