#pragma once
/// Small, total functions over UTF-8 text: trimming, splitting composites, validity, folding.
/// Folding goes through ICU (RFC 4518 string preparation is approximated by its NFKC case fold).

#include <string>
#include <string_view>
#include <vector>

namespace entsync {

/// Without leading and trailing ASCII white space.
std::string_view trim(std::string_view text);

/// The parts of a composite value between `$`; empty parts, the last one included, are kept.
/// At most `limit` parts when `limit` > 0: the last one then holds the rest, `$` included, because
/// a label may contain `$` and no source escapes it.
void split_composite(std::string_view value, std::vector<std::string_view>& parts,
                     std::size_t limit = 0);

/// Whether every byte belongs to a well-formed UTF-8 sequence (RFC 3629: no overlong form, no
/// surrogate, nothing above U+10FFFF).
bool is_valid_utf8(std::string_view text);

/// Index of the first byte that is not part of well-formed UTF-8, npos when all is.
std::size_t find_invalid_utf8(std::string_view text);

/// Whether the text holds a character that XML 1.0 forbids (C0 controls other than TAB, LF, CR).
bool has_forbidden_control(std::string_view text);

/// Appends code point `c` as UTF-8.
void append_utf8(std::string& out, char32_t c);

/// NFKC case fold, inner runs of white space as one space, outer space removed: two values with
/// equal results are equal under caseIgnoreMatch.
std::string case_fold(std::string_view text);

/// The letters and digits of `text` as lower-case ASCII ("L'HAŸ-les-Œufs" → "lhaylesoeufs").
std::string ascii_letters(std::string_view text);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

/// The text with every character that could forge a line or a terminal sequence shown by its code:
/// C0 and C1 controls, DEL, line and paragraph separators, direction overrides.
std::string printable(std::string_view text);

/// ASCII-only case-insensitive equality, for attribute and class names (RFC 4512).
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string ascii_lower(std::string_view text);

/// Whether `c` is one of A–Z or a–z, in whatever locale.
constexpr bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether `text` can name somebody in a configuration and in the journal: at most 64 ASCII
/// letters, digits and "-_.".
bool is_plain_name(std::string_view text);

}  // namespace entsync
