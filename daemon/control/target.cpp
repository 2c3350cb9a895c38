#include "control/target.hpp"

#include <algorithm>
#include <optional>

#include "core/text.hpp"

namespace entsync::control {
namespace {

Problems refused(std::string what) {
  return Problem{
      Severity::error, "CTL-011", {}, std::move(what), "write the address as documented"};
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return {};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto high = i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return refused("the address has a % without two hexadecimal digits");
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (std::ranges::any_of(decoded, is_control))
    return refused("the address holds a control character");
  if (!is_valid_utf8(decoded)) return refused("the address is not UTF-8");
  return decoded;
}

/// Calls `each` with the parts of `text` between `separator`; stops at the first failure.
template <class F>
Result<void> for_each_part(std::string_view text, char separator, F each) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (auto done = each(text.substr(0, end)); !done) return done;
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

Result<void> add_segment(Target& target, std::string_view part) {
  auto segment = percent_decoded(part);
  if (!segment) return segment.error();
  if (*segment == "." || *segment == "..") return refused("the path has a . or .. segment");
  target.segments.push_back(std::move(*segment));
  return {};
}

Result<void> add_parameter(Target& target, std::string_view part) {
  const std::size_t equals = part.find('=');
  auto name = percent_decoded(part.substr(0, equals));
  if (!name) return name.error();
  std::string encoded(equals == std::string_view::npos ? "" : part.substr(equals + 1));
  std::ranges::replace(encoded, '+', ' ');
  auto value = percent_decoded(encoded);
  if (!value) return value.error();
  if (name->empty()) return refused("the query has a parameter without a name");
  if (!target.query.emplace(*name, std::move(*value)).second)
    return refused("the query has the parameter " + printable(*name) + " twice");
  return {};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (!text.starts_with('/')) return refused("the address does not begin with /");
  if (text.find('#') != std::string_view::npos) return refused("the address has a #");
  const std::size_t mark = text.find('?');
  Target target;
  target.path = text.substr(0, mark);
  const auto segments =
      for_each_part(std::string_view(target.path).substr(1), '/',
                    [&target](std::string_view part) { return add_segment(target, part); });
  if (!segments) return segments.error();
  if (mark != std::string_view::npos && mark + 1 < text.size()) {
    const auto query = for_each_part(text.substr(mark + 1), '&', [&target](std::string_view part) {
      return add_parameter(target, part);
    });
    if (!query) return query.error();
  }
  return target;
}

}  // namespace entsync::control
