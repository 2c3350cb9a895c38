#pragma once
/// Compiles a rule file (TOML, one per target profile) into Rules. Everything that could only fail
/// at three in the morning fails here: unknown keys, fields, filters, tables and owners, an
/// attribute given twice, a target name without its attribute.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/problem.hpp"
#include "core/rules.hpp"

namespace entsync::config {

Result<Rules> load_rules(const std::filesystem::path& path);
Result<Rules> parse_rules(std::string_view text, const std::string& file);

}  // namespace entsync::config
