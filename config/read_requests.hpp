#pragma once
/// The [requests] section: where the requests for accounts of local-authority staff lie, and what
/// they have to fulfil.

#include <filesystem>
#include <functional>
#include <string>

#include "settings.hpp"
#include "toml_reader.hpp"

namespace entsync::config {

/// `resolve` makes a path of a text.
Requests read_requests(TomlTable table,
                       const std::function<std::filesystem::path(const std::string&)>& resolve);

}  // namespace entsync::config
