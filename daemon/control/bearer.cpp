#include "control/bearer.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace entsync::control {
namespace {

bool is_of_a_token(char c) {
  constexpr std::string_view marks = "-._~+/";
  return is_ascii_letter(c) || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
}

}  // namespace

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return {};
  const std::string_view token = trim(authorization.substr(scheme.size()));
  const std::string_view body = token.substr(0, token.find_last_not_of('=') + 1);
  return std::ranges::all_of(body, is_of_a_token) && !body.empty() ? token : std::string_view();
}

}  // namespace entsync::control
