#pragma once
/// The fields of one line of a `;`-separated file, quoted as RFC 4180 has it, but for line breaks:
/// a quote that is not closed ends with its line, so that one mistake never swallows the lines
/// behind it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace entsync::collectivite {

/// The fields, trimmed; nothing when a quote is not closed or stands inside a field that is not
/// quoted.
std::optional<std::vector<std::string>> split_csv_line(std::string_view line);

}  // namespace entsync::collectivite
