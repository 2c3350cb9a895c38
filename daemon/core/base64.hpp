#pragma once
/// Bytes as text (RFC 4648 §4, with padding).

#include <optional>
#include <string>
#include <string_view>

namespace entsync {

std::string to_base64(std::string_view bytes);

/// Nothing when the text is not what to_base64 writes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace entsync
