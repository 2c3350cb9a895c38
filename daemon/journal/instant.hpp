#pragma once
/// Instants as the journal writes and compares them. Text cannot be compared: "10:00:00Z" and
/// "10:00:00.000Z" are one instant, and an auditor may give his own offset.

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/problem.hpp"

namespace entsync {

/// Milliseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time (§5.6; `T` and `Z` in either
/// case, any offset). Finer fractions are cut off; a leap second counts as the first instant of the
/// next minute. Nothing when `text` is something else.
std::optional<std::int64_t> instant_milliseconds(std::string_view text);

/// JRN-010: the bound of a period, `which` is its name, is not an instant.
Problem not_an_instant(const char* which);

}  // namespace entsync
