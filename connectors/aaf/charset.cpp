#include "charset.hpp"

#include <array>

#include "core/text.hpp"

namespace entsync::aaf {
namespace {

using Octet = unsigned char;

/// What windows-1252 puts at 0x80–0x9F; 0 is undefined.
constexpr std::array<char16_t, 32> windows1252_high{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

using HighHalf = std::array<char16_t, 128>;

constexpr HighHalf high_half(Charset charset) {
  HighHalf half{};
  for (std::size_t i = 0; i < half.size(); ++i) half[i] = static_cast<char16_t>(0x80 + i);
  if (charset == Charset::windows1252)
    for (std::size_t i = 0; i < windows1252_high.size(); ++i) half[i] = windows1252_high[i];
  if (charset == Charset::latin9) {
    half[0x24] = 0x20AC;
    half[0x26] = 0x0160;
    half[0x28] = 0x0161;
    half[0x34] = 0x017D;
    half[0x38] = 0x017E;
    half[0x3C] = 0x0152;
    half[0x3D] = 0x0153;
    half[0x3E] = 0x0178;
  }
  return half;
}

constexpr HighHalf latin1_half = high_half(Charset::latin1);
constexpr HighHalf latin9_half = high_half(Charset::latin9);
constexpr HighHalf windows1252_half = high_half(Charset::windows1252);

const HighHalf& half_of(Charset charset) {
  switch (charset) {
    case Charset::latin9:
      return latin9_half;
    case Charset::windows1252:
      return windows1252_half;
    default:
      return latin1_half;
  }
}

bool is_forbidden_control(Octet c) {
  return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// Blocks of this size without accents or controls are passed over with vector instructions.
constexpr std::size_t block = 32;

/// Whether the block at `s` needs a closer look. No branch, so that the compiler can vectorise it;
/// TAB, LF and CR count as ordinary.
bool is_plain(const Octet* s) {
  Octet odd = 0;
  for (std::size_t i = 0; i < block; ++i) {
    const Octet c = s[i];
    const auto high = static_cast<Octet>(c & 0x80U);
    const auto low = static_cast<Octet>(c < 0x20);
    const auto space = static_cast<Octet>((c == '\t') | (c == '\n') | (c == '\r'));
    odd = static_cast<Octet>(odd | high | (low & (space ^ 1U)));
  }
  return odd == 0;
}

/// U+FFFE and U+FFFF are well-formed UTF-8 but no XML characters.
bool is_noncharacter(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

/// Length of the character at the start of `rest`, 0 when it is not well-formed UTF-8.
std::size_t utf8_length(std::string_view rest) {
  constexpr std::size_t longest = 4;
  const auto lead = static_cast<Octet>(rest.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : longest;
  const std::string_view character = rest.substr(0, length);
  return character.size() == length && is_valid_utf8(character) ? length : 0;
}

std::optional<BadByte> find_bad_in_utf8(std::string_view bytes) {
  const auto* s = reinterpret_cast<const Octet*>(bytes.data());
  std::size_t i = 0;
  while (i < bytes.size()) {
    if (bytes.size() - i >= block && is_plain(s + i)) {
      i += block;
      continue;
    }
    const std::size_t end = std::min(bytes.size(), i + block);
    while (i < end) {
      if (s[i] < 0x80) {
        if (is_forbidden_control(s[i])) return BadByte{i, true};
        ++i;
        continue;
      }
      const std::size_t length = utf8_length(bytes.substr(i));
      if (length == 0) return BadByte{i, false};
      if (is_noncharacter(bytes.substr(i))) return BadByte{i, true};
      i += length;
    }
  }
  return std::nullopt;
}

std::optional<BadByte> find_bad_in_single_bytes(const HighHalf& half, std::string_view bytes) {
  const auto* s = reinterpret_cast<const Octet*>(bytes.data());
  std::size_t i = 0;
  while (i < bytes.size()) {
    if (bytes.size() - i >= block && is_plain(s + i)) {
      i += block;
      continue;
    }
    const std::size_t end = std::min(bytes.size(), i + block);
    for (; i < end; ++i) {
      if (s[i] >= 0x80 && half[s[i] - 0x80U] == 0) return BadByte{i, false};
      if (is_forbidden_control(s[i])) return BadByte{i, true};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Charset charset) {
  switch (charset) {
    case Charset::utf8:
      return "UTF-8";
    case Charset::latin1:
      return "ISO-8859-1";
    case Charset::latin9:
      return "ISO-8859-15";
    case Charset::windows1252:
      return "windows-1252";
  }
  return "?";
}

std::optional<Charset> parse_charset(std::string_view declared) {
  struct Name {
    std::string_view text;
    Charset charset;
  };
  constexpr std::array names{
      Name{"UTF-8", Charset::utf8},
      Name{"UTF8", Charset::utf8},
      Name{"ISO-8859-1", Charset::latin1},
      Name{"ISO_8859-1", Charset::latin1},
      Name{"ISO8859-1", Charset::latin1},
      Name{"latin1", Charset::latin1},
      Name{"ISO-8859-15", Charset::latin9},
      Name{"ISO_8859-15", Charset::latin9},
      Name{"ISO8859-15", Charset::latin9},
      Name{"Latin-9", Charset::latin9},
      Name{"windows-1252", Charset::windows1252},
      Name{"cp1252", Charset::windows1252},
  };
  for (const Name& name : names)
    if (equals_ignoring_case(name.text, declared)) return name.charset;
  return std::nullopt;
}

std::optional<BadByte> find_bad_byte(Charset charset, std::string_view bytes) {
  if (charset == Charset::utf8) return find_bad_in_utf8(bytes);
  return find_bad_in_single_bytes(half_of(charset), bytes);
}

void append_decoded(Charset charset, std::string_view bytes, std::string& out) {
  if (charset == Charset::utf8) {
    out += bytes;
    return;
  }
  const HighHalf& half = half_of(charset);
  for (const char c : bytes) {
    const auto octet = static_cast<Octet>(c);
    if (octet < 0x80)
      out += c;
    else
      append_utf8(out, half[octet - 0x80U]);
  }
}

}  // namespace entsync::aaf
