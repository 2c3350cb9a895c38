#pragma once
/// The encodings that AAF files declare (aaf-format §1.4). All are supersets of ASCII in which a
/// byte below 0x80 is always that ASCII character. So markup is found and cut in the bytes as
/// delivered – offsets are exact by construction – and only the values that are kept are decoded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entsync::aaf {

enum class Charset : std::uint8_t { utf8, latin1, latin9, windows1252 };

std::string_view to_string(Charset charset);
/// By the names and aliases of the IANA registry, upper or lower case.
std::optional<Charset> parse_charset(std::string_view declared);

/// The first byte that a file of this encoding may not hold.
struct BadByte {
  std::size_t offset = 0;
  bool control = false;  ///< legal in the encoding, but no character of XML 1.0 (section 2.2)
};
std::optional<BadByte> find_bad_byte(Charset charset, std::string_view bytes);

/// Appends `bytes`, in which find_bad_byte() found nothing, as UTF-8.
void append_decoded(Charset charset, std::string_view bytes, std::string& out);

/// Whether `c` is a Char of XML 1.0, section 2.2.
constexpr bool is_xml_character(char32_t c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

}  // namespace entsync::aaf
