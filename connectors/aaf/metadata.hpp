#pragma once
/// The metadata that AAF writes into comments after the root element, such as
/// versionAF="AAF-VE2407" (aaf-format §1.4).

#include <string_view>
#include <utility>
#include <vector>

namespace entsync::aaf {

/// The `name="value"` pairs of a comment, as delivered. Only names and values that metadata can
/// have: up to 64 letters, and up to 256 bytes.
std::vector<std::pair<std::string_view, std::string_view>> metadata_pairs(std::string_view comment);

}  // namespace entsync::aaf
