#pragma once
/// The key `schools` of whoever has a role for some schools only.

#include <set>
#include <string>

#include "toml_reader.hpp"

namespace entsync::config {

/// UAIs, at least one: an empty list is refused, for it must never be taken for all schools.
std::set<std::string> read_schools(TomlTable& table);

}  // namespace entsync::config
