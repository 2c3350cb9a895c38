#pragma once
/// Reads [limits]: the judge's limits, those of seasons, and what else bounds a run.

#include "settings.hpp"
#include "toml_reader.hpp"

namespace entsync::config {

void read_limits(TomlTable limits, Settings& settings);

}  // namespace entsync::config
