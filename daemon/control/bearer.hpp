#pragma once
/// The field Authorization of a request, as RFC 6750 writes it for bearer tokens.

#include <string_view>

namespace entsync::control {

/// The token of "Bearer TOKEN"; empty when the field is of another scheme, or no token's form
/// (letters, digits and -._~+/, then any number of =).
std::string_view bearer_token(std::string_view authorization);

}  // namespace entsync::control
