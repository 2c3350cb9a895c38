#pragma once
/// The network part of [control], from [control.tcp]. What only its files can tell – certificates,
/// tokens, whether anybody could come in – is checked by whoever opens it.

#include <filesystem>
#include <functional>
#include <string>

#include "settings.hpp"
#include "toml_reader.hpp"

namespace entsync::config {

/// `resolve` makes a path of a text.
ControlTcp read_control_tcp(
    TomlTable table, const std::function<std::filesystem::path(const std::string&)>& resolve);

}  // namespace entsync::config
