#pragma once
/// Reads [vault] and [retention]: where the vault of the journal lies, and how long what is kept.

#include "settings.hpp"
#include "toml_reader.hpp"

namespace entsync::config {

void read_retention(TomlTable retention, Settings& settings);

}  // namespace entsync::config
