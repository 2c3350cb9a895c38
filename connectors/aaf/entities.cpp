#include "entities.hpp"

#include <charconv>

#include "charset.hpp"

namespace entsync::aaf {
namespace {

Reference decode_number(std::string_view digits) {
  int base = 10;
  if (digits.starts_with('x')) {
    base = 16;
    digits.remove_prefix(1);
  }
  std::uint32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error == std::errc::result_out_of_range) return {0, TextFault::forbidden};
  if (digits.empty() || error != std::errc() || stop != end) return {0, TextFault::malformed};
  if (!is_xml_character(value)) return {0, TextFault::forbidden};
  return {value, TextFault::none};
}

}  // namespace

Reference decode_reference(std::string_view name) {
  if (name.starts_with('#')) return decode_number(name.substr(1));
  if (name.empty()) return {0, TextFault::malformed};
  for (const char c : name)
    if (static_cast<unsigned char>(c) <= ' ' || c == '&') return {0, TextFault::malformed};
  const auto value = named_entity(name);
  if (!value) return {0, TextFault::unknown_entity};
  return {*value, TextFault::none};
}

}  // namespace entsync::aaf
