#include "metadata.hpp"

#include "core/text.hpp"

namespace entsync::aaf {
namespace {

/// The letters at the end of `text`, behind white space.
std::string_view last_word(std::string_view text) {
  text = trim(text);
  std::size_t begin = text.size();
  while (begin > 0 && is_ascii_letter(text[begin - 1])) --begin;
  return text.substr(begin);
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> metadata_pairs(
    std::string_view comment) {
  constexpr std::size_t longest_name = 64;
  constexpr std::size_t longest_value = 256;
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (;;) {
    const std::size_t equals = comment.find('=');
    if (equals == std::string_view::npos) return pairs;
    const std::string_view name = last_word(comment.substr(0, equals));
    comment.remove_prefix(equals + 1);
    const std::string_view rest = trim(comment);
    if (name.empty() || name.size() > longest_name || !rest.starts_with('"')) continue;
    const std::size_t close = rest.find('"', 1);
    if (close == std::string_view::npos) return pairs;
    comment = rest.substr(close + 1);
    if (close - 1 <= longest_value) pairs.emplace_back(name, trim(rest.substr(1, close - 1)));
  }
}

}  // namespace entsync::aaf
