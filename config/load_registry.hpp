#pragma once
/// Reads the registry of schools enrolled by convention (TOML, one [[ecole]] per school) and checks
/// every rule on it: UAI with check letter, département, SIRET with Luhn, dates in order, a
/// controller for private schools, one line per school.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/problem.hpp"
#include "core/registry.hpp"

namespace entsync::config {

/// The registry, or every problem found in it. Warnings go to `warnings`.
Result<Registry> load_registry(const std::filesystem::path& path, Problems& warnings);
/// The two steps of it.
Result<std::string> read_registry_text(const std::filesystem::path& path);
Result<Registry> parse_registry(std::string_view text, const std::string& file, Problems& warnings);

}  // namespace entsync::config
