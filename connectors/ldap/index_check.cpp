#include "connectors/ldap/index_check.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "core/text.hpp"

namespace entsync::ldap {
namespace {

/// Parts between commas.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

bool has_equality(std::string_view kinds) {
  for (const std::string_view kind : parts_of(kinds))
    if (equals_ignoring_case(kind, "eq")) return true;
  return false;
}

}  // namespace

std::vector<std::string> without_index(std::span<const std::string> values,
                                       std::span<const std::string> needed,
                                       const Aliases& aliases) {
  std::set<std::string> indexed;
  bool by_default = false;
  for (const std::string& value : values) {
    std::string_view text(value);
    // Values of an ordered attribute begin with their number: "{3}uid eq".
    if (text.starts_with('{')) text.remove_prefix(std::min(text.find('}'), text.size() - 1) + 1);
    const std::size_t space = text.find_first_of(" \t");
    const std::string_view names = text.substr(0, space);
    std::string_view kinds;
    if (space != std::string_view::npos) {
      kinds = text.substr(space);
      const std::size_t start = kinds.find_first_not_of(" \t");
      kinds = start == std::string_view::npos ? std::string_view() : kinds.substr(start);
    }
    if (equals_ignoring_case(names, "default")) {
      by_default = has_equality(kinds);
      continue;
    }
    if (!(kinds.empty() ? by_default : has_equality(kinds))) continue;
    for (const std::string_view name : parts_of(names)) indexed.insert(aliases.of(name).front());
  }
  std::vector<std::string> missing;
  for (const std::string& name : needed)
    if (!indexed.contains(aliases.of(name).front())) missing.push_back(name);
  return missing;
}

}  // namespace entsync::ldap
