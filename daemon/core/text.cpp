#include "text.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace entsync {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

std::string collapse_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : trim(text)) {
    if (is_space(c)) {
      if (out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

icu::UnicodeString to_unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

/// Length of the well-formed sequence at the start of `s`, 0 when there is none.
std::size_t sequence_length(const unsigned char* s, std::size_t n) {
  const unsigned char c = s[0];
  const auto tail = [&](std::size_t i) { return i < n && (s[i] & 0xC0U) == 0x80U; };
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return tail(1) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (c == 0xE0 && s[1] < 0xA0) return 0;
    if (c == 0xED && s[1] > 0x9F) return 0;
    return 3;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (c == 0xF0 && s[1] < 0x90) return 0;
    if (c == 0xF4 && s[1] > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

void split_composite(std::string_view value, std::vector<std::string_view>& parts,
                     std::size_t limit) {
  parts.clear();
  std::size_t start = 0;
  while (limit == 0 || parts.size() + 1 < limit) {
    const std::size_t dollar = value.find('$', start);
    if (dollar == std::string_view::npos) break;
    parts.push_back(value.substr(start, dollar - start));
    start = dollar + 1;
  }
  parts.push_back(value.substr(start));
}

std::size_t find_invalid_utf8(std::string_view text) {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t i = 0;
  while (i < text.size()) {
    if (s[i] < 0x80) {
      std::uint64_t eight = high_bits;  // most values are ASCII alone
      if (i + sizeof eight <= text.size()) std::memcpy(&eight, s + i, sizeof eight);
      i += (eight & high_bits) == 0 ? sizeof eight : 1;
      continue;
    }
    const std::size_t length = sequence_length(s + i, text.size() - i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

bool is_valid_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

bool has_forbidden_control(std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 && u != '\t' && u != '\n' && u != '\r') return true;
  }
  return false;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string case_fold(std::string_view text) {
  if (is_ascii(text)) return ascii_lower(collapse_spaces(text));
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) != 0) return collapse_spaces(text);
  return collapse_spaces(to_utf8(fold->normalize(to_unicode(text), status)));
}

std::string ascii_letters(std::string_view text) {
  std::string folded = case_fold(text);
  if (!is_ascii(folded)) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(status);
    if (U_SUCCESS(status) != 0) folded = to_utf8(decompose->normalize(to_unicode(folded), status));
  }
  std::string out;
  const icu::UnicodeString unicode = to_unicode(folded);
  for (std::int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    const UChar32 c = unicode.char32At(i);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += static_cast<char>(c);
    } else if (c == 0x0153) {  // œ has no compatibility decomposition
      out += "oe";
    } else if (c == 0x00E6) {  // æ neither
      out += "ae";
    } else if (c == 0x00F8) {
      out += "o";
    } else if (c == 0x0142) {
      out += "l";
    } else if (c == 0x0111 || c == 0x00F0) {
      out += "d";
    }
  }
  return out;
}

std::string to_upper(std::string_view text) {
  if (is_ascii(text)) {
    std::string out(text);
    for (char& c : out)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
  }
  return to_utf8(to_unicode(text).toUpper(icu::Locale::getRoot()));
}

std::string to_lower(std::string_view text) {
  if (is_ascii(text)) return ascii_lower(text);
  return to_utf8(to_unicode(text).toLower(icu::Locale::getRoot()));
}

std::string printable(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto u = static_cast<unsigned char>(text[i]);
    const auto next = [&](std::size_t n) {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U;
    };
    char32_t shown = 0;
    if (u < 0x20 || u == 0x7F) {
      out += {'\\', 'x', hex[u >> 4U], hex[u & 15U]};
      continue;
    }
    if (u == 0xC2 && next(1) >= 0x80 && next(1) <= 0x9F) {  // C1 controls
      shown = next(1);
      i += 1;
    } else if (u == 0xE2 && (next(1) == 0x80 || next(1) == 0x81)) {
      const char32_t c = 0x2000U + (next(1) - 0x80U) * 64U + (next(2) & 0x3FU);
      const bool hides = c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
                         (c >= 0x2066 && c <= 0x2069);
      if (hides) {
        shown = c;
        i += 2;
      }
    }
    if (shown == 0) {
      out += text[i];
      continue;
    }
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out += hex[(shown >> shift) & 15U];
  }
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_plain_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

}  // namespace entsync
