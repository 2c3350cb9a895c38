#pragma once
/// What may be the name of an AAF attribute. The names of the annexes are LDAP names (RFC 4512).

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace entsync::aaf {

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

/// A longer one is no name but an attack on memory.
inline constexpr std::size_t longest_attribute_name = 64;

constexpr bool is_attribute_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_attribute_name &&
         std::ranges::all_of(name, is_name_character);
}

}  // namespace entsync::aaf
