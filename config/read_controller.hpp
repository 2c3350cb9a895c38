#pragma once
/// Reads [controller]: who answers for the processing, in the words that a person is told.

#include "settings.hpp"
#include "toml_reader.hpp"

namespace entsync::config {

Controller read_controller(TomlTable controller);

}  // namespace entsync::config
