#include <algorithm>

#include "delivery.hpp"

namespace entsync::aaf {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, is_digit);
}

/// Cuts what follows the last `_` off the end.
std::string_view take_last(std::string_view& name) {
  const std::size_t score = name.rfind('_');
  if (score == std::string_view::npos) return {};
  const std::string_view last = name.substr(score + 1);
  name.remove_suffix(last.size() + 1);
  return last;
}

}  // namespace

std::optional<FileName> parse_file_name(std::string_view name) {
  constexpr std::string_view extension = ".xml";
  constexpr std::size_t longest = 255;
  constexpr std::size_t fewest_digits = 4;
  constexpr std::size_t most_digits = 9;
  // A leading dot is a hidden file: AppleDouble ("._x.xml") or a transfer that is not finished.
  if (name.size() > longest || name.starts_with('.') || !name.ends_with(extension)) return {};
  name.remove_suffix(extension.size());
  const std::string_view part = take_last(name);
  const auto category = parse_aaf_category(take_last(name));
  const auto date = Date::from_compact(take_last(name));
  const std::string_view kind = take_last(name);
  if (name.empty() || (kind != "Complet" && kind != "Delta") || !date || !category) return {};
  if (part.size() < fewest_digits || part.size() > most_digits || !all_digits(part)) return {};
  unsigned number = 0;
  for (const char c : part) number = number * 10 + static_cast<unsigned>(c - '0');
  return FileName{kind == "Complet" ? DeliveryKind::complet : DeliveryKind::delta, *date, *category,
                  number};
}

}  // namespace entsync::aaf
