#pragma once
/// Text → Settings. Every key is checked here for type, range and fit with the others; a problem
/// names file, line, key and what is allowed. Relative paths are relative to the configuration
/// file.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/problem.hpp"
#include "core/registry.hpp"
#include "core/rules.hpp"
#include "settings.hpp"

namespace entsync::config {

/// Settings with the rules and the registry that they name: all that a run needs to know
/// beforehand.
struct Configuration {
  Settings settings;
  Rules rules;
  Registry registry;
  Problems warnings;
};

/// Reads and checks everything; no result when anything is wrong, and then all that is.
Result<Configuration> load_configuration(const std::filesystem::path& path);

Result<Settings> load_settings(const std::filesystem::path& path, Problems& warnings);
Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& file,
                                Problems& warnings);

/// What the rules and the tree must agree on: naming attributes with a rule that gives one value.
Problems check_together(const Settings& settings, const Rules& rules);

/// The part of the settings that shapes entries, as canonical text: part of a plan's fingerprint.
std::string shaping_text(const Settings& settings);

}  // namespace entsync::config
