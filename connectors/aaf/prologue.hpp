#pragma once
/// What stands before the root element: the XML declaration, which names the encoding, and the
/// DOCTYPE, whose external part is never fetched and whose internal part may not declare entities
/// (that is how "billion laughs" and local files get in).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace entsync::aaf {

/// `<?xml … ?>` taken apart (XML 1.0, section 2.8).
struct Declaration {
  std::string_view encoding;  ///< empty: not declared, UTF-8 by section 4.3.3
};
/// Nothing when it is not well-formed.
std::optional<Declaration> parse_declaration(std::string_view text);

enum class DoctypeState : std::uint8_t { whole, unfinished, entity, malformed };
struct Doctype {
  DoctypeState state = DoctypeState::unfinished;
  std::size_t at = 0;  ///< whole: its length; entity and malformed: where
};
/// `text` starts with `<!DOCTYPE` and may go on behind it, or stop short.
Doctype scan_doctype(std::string_view text);

constexpr bool is_xml_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace entsync::aaf
