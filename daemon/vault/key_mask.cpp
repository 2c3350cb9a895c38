#include "key_mask.hpp"

#include "core/category.hpp"

namespace entsync {
namespace {

/// Part of an académie's code or of a local key.
bool is_key_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Where "/Eleve/" and the like stand next: {begin, end}; npos when nowhere.
std::pair<std::size_t, std::size_t> find_category(std::string_view text, std::size_t from) {
  std::pair<std::size_t, std::size_t> first{std::string_view::npos, 0};
  for (const Category category : all_categories) {
    if (category == Category::etab_educ_nat) continue;
    const std::string middle = "/" + std::string(to_string(category)) + "/";
    const std::size_t at = text.find(middle, from);
    if (at < first.first) first = {at, at + middle.size()};
  }
  return first;
}

}  // namespace

std::string mask_keys(std::string_view text,
                      const std::function<std::string(std::string_view key)>& stand_in) {
  std::string masked;
  std::size_t done = 0;
  for (std::size_t from = 0;;) {
    const auto [middle, after] = find_category(text, from);
    if (middle == std::string_view::npos) break;
    std::size_t begin = middle;
    while (begin > done && is_key_byte(text[begin - 1])) --begin;
    std::size_t end = after;
    while (end < text.size() && is_key_byte(text[end])) ++end;
    // A full stop after it ends the sentence.
    while (end > after && text[end - 1] == '.') --end;
    from = end;
    if (begin == middle || end == after) continue;
    masked += text.substr(done, begin - done);
    masked += stand_in(text.substr(begin, end - begin));
    done = end;
  }
  return masked += text.substr(done);
}

}  // namespace entsync
