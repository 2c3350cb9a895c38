#include "encoding.hpp"

#include <array>

namespace generator {
namespace {

struct CodePoint {
  char32_t value;
  std::size_t bytes;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
  };
  if (byte(0) < 0xE0) return {(byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU), 2};
  if (byte(0) < 0xF0)
    return {(byte(0) & 0xFU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU), 3};
  return {(byte(0) & 0x7U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U |
              (byte(3) & 0x3FU),
          4};
}

struct Special {
  char32_t value;
  unsigned char latin9;
  unsigned char windows1252;
};
/// What ISO-8859-15 and windows-1252 have beyond ISO-8859-1, as far as our texts use it.
constexpr std::array specials{Special{0x20AC, 0xA4, 0x80}, Special{0x152, 0xBC, 0x8C},
                              Special{0x153, 0xBD, 0x9C},  Special{0x178, 0xBE, 0x9F},
                              Special{0x2013, 0, 0x96},    Special{0x2019, 0, 0x92}};

/// The byte of `c`, 0 when the encoding lacks it.
unsigned char byte_of(char32_t c, Encoding encoding) {
  if (encoding != Encoding::latin1)
    for (const Special& special : specials)
      if (special.value == c)
        return encoding == Encoding::latin9 ? special.latin9 : special.windows1252;
  if (c < 0xA0 || c > 0xFF) return 0;
  const auto byte = static_cast<unsigned char>(c);
  if (encoding != Encoding::latin9) return byte;
  // ISO-8859-15 gave these eight places to other characters.
  for (const unsigned char taken : {0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE})
    if (byte == taken) return 0;
  return byte;
}

}  // namespace

std::string_view encoding_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8:
      return "UTF-8";
    case Encoding::latin1:
      return "ISO-8859-1";
    case Encoding::latin9:
      return "ISO-8859-15";
    case Encoding::windows1252:
      return "windows-1252";
  }
  return {};
}

std::optional<Encoding> parse_encoding(std::string_view name) {
  for (const Encoding e :
       {Encoding::utf8, Encoding::latin1, Encoding::latin9, Encoding::windows1252})
    if (name == encoding_name(e)) return e;
  return std::nullopt;
}

std::string encoded(std::string_view xml, Encoding encoding) {
  if (encoding == Encoding::utf8) return std::string(xml);
  std::string result;
  result.reserve(xml.size());
  for (std::size_t at = 0; at < xml.size();) {
    if (static_cast<unsigned char>(xml[at]) < 0x80) {
      result += xml[at++];
      continue;
    }
    const CodePoint c = code_point_at(xml, at);
    if (const unsigned char byte = byte_of(c.value, encoding); byte != 0)
      result += static_cast<char>(byte);
    else
      result += "&#" + std::to_string(static_cast<std::uint32_t>(c.value)) + ";";
    at += c.bytes;
  }
  return result;
}

}  // namespace generator
